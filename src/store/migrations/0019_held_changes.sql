CREATE TABLE "held_changes" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"app_id" text NOT NULL,
	"app_name" text NOT NULL,
	"action" text NOT NULL,
	"requester_id" text NOT NULL,
	"requester_name" text NOT NULL,
	"approvers" jsonb NOT NULL,
	"request" jsonb NOT NULL,
	"marker" text NOT NULL,
	"code" text NOT NULL,
	"client_id" text NOT NULL,
	"state" text NOT NULL,
	"decided_by" text,
	"answer" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"decided_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "held_changes" ADD CONSTRAINT "held_changes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "held_changes" ADD CONSTRAINT "held_changes_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "held_changes_marker" ON "held_changes" USING btree ("marker");--> statement-breakpoint
CREATE INDEX "held_changes_created" ON "held_changes" USING btree ("created_at");