CREATE TABLE "own_roles" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"name_key" text NOT NULL,
	"permissions" jsonb NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "role_grants" ADD COLUMN "holder_kind" text DEFAULT 'person' NOT NULL;--> statement-breakpoint
ALTER TABLE "role_grants" ADD COLUMN "own_role_id" uuid;--> statement-breakpoint
ALTER TABLE "role_grants" ADD COLUMN "connection_id" uuid;--> statement-breakpoint
ALTER TABLE "own_roles" ADD CONSTRAINT "own_roles_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "own_roles_name" ON "own_roles" USING btree ("workspace_id","name_key");--> statement-breakpoint
ALTER TABLE "role_grants" ADD CONSTRAINT "role_grants_own_role_id_own_roles_id_fk" FOREIGN KEY ("own_role_id") REFERENCES "public"."own_roles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_grants" ADD CONSTRAINT "role_grants_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;