CREATE TABLE "credential_changes" (
	"connection_id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"credential_kind" text NOT NULL,
	"credential" jsonb NOT NULL,
	"secret_id" uuid,
	"expires_at" timestamp with time zone,
	"expiry_source" text,
	"problem" jsonb,
	"before" jsonb,
	"started_by_id" text NOT NULL,
	"started_by_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"tested_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "credential" jsonb;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "credential_expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "credential_expiry_source" text;--> statement-breakpoint
ALTER TABLE "credential_changes" ADD CONSTRAINT "credential_changes_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credential_changes" ADD CONSTRAINT "credential_changes_secret_id_secrets_id_fk" FOREIGN KEY ("secret_id") REFERENCES "public"."secrets"("id") ON DELETE no action ON UPDATE no action;