CREATE TABLE "connection_aliases" (
	"connection_id" uuid NOT NULL,
	"workspace_id" uuid NOT NULL,
	"alias" text NOT NULL,
	"alias_key" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "connection_aliases_connection_id_workspace_id_pk" PRIMARY KEY("connection_id","workspace_id")
);
--> statement-breakpoint
CREATE TABLE "connection_shares" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"connection_id" uuid NOT NULL,
	"home_tenant_id" text NOT NULL,
	"workspace_id" uuid,
	"shared_by_id" text NOT NULL,
	"shared_by_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "connection_aliases" ADD CONSTRAINT "connection_aliases_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connection_aliases" ADD CONSTRAINT "connection_aliases_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connection_shares" ADD CONSTRAINT "connection_shares_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connection_shares" ADD CONSTRAINT "connection_shares_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "connection_shares_connection" ON "connection_shares" USING btree ("connection_id");--> statement-breakpoint
CREATE INDEX "connection_shares_workspace" ON "connection_shares" USING btree ("workspace_id");