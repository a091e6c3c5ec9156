CREATE TABLE "user_sessions" (
	"connection_id" uuid PRIMARY KEY NOT NULL,
	"cache_secret_id" uuid NOT NULL,
	"home_account_id" text NOT NULL,
	"owner_id" text NOT NULL,
	"owner_name" text NOT NULL,
	"owner_teams_id" text NOT NULL,
	"account_name" text NOT NULL,
	"username" text NOT NULL,
	"scopes" jsonb NOT NULL,
	"for_workspace" boolean NOT NULL,
	"state" text NOT NULL,
	"place" jsonb NOT NULL,
	"signed_in_at" timestamp with time zone NOT NULL,
	"refreshed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "sign_ins" ADD COLUMN "asks" jsonb;--> statement-breakpoint
ALTER TABLE "user_sessions" ADD CONSTRAINT "user_sessions_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_sessions" ADD CONSTRAINT "user_sessions_cache_secret_id_secrets_id_fk" FOREIGN KEY ("cache_secret_id") REFERENCES "public"."secrets"("id") ON DELETE no action ON UPDATE no action;