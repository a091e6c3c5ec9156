CREATE TABLE "consent_links" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"request_id" uuid NOT NULL,
	"request_revision" integer NOT NULL,
	"state_hash" text NOT NULL,
	"code_hash" text NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"presser" jsonb NOT NULL,
	"tenant_id" text NOT NULL,
	"browser_hash" text,
	"used_at" timestamp with time zone,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "consent_requests" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"requester" jsonb NOT NULL,
	"place" jsonb NOT NULL,
	"state" text NOT NULL,
	"state_since" timestamp with time zone NOT NULL,
	"note" text,
	"connection_name" text NOT NULL,
	"connection_revision" integer NOT NULL,
	"cloud" text NOT NULL,
	"tenant_id" text NOT NULL,
	"client_id" text NOT NULL,
	"capabilities" jsonb NOT NULL,
	"permissions" jsonb NOT NULL,
	"message" text,
	"approvers" jsonb NOT NULL,
	"approvers_are" text NOT NULL,
	"decided_by" jsonb,
	"reason" text,
	"granted_at" timestamp with time zone,
	"reported_tenant" text,
	"granted_roles" jsonb,
	"page_code_hash" text,
	"page_tries" integer DEFAULT 0 NOT NULL,
	"reminders" integer DEFAULT 0 NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "consent_links" ADD CONSTRAINT "consent_links_request_id_consent_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."consent_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consent_requests" ADD CONSTRAINT "consent_requests_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consent_requests" ADD CONSTRAINT "consent_requests_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "consent_links_state" ON "consent_links" USING btree ("state_hash");--> statement-breakpoint
CREATE INDEX "consent_links_request" ON "consent_links" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "consent_requests_workspace" ON "consent_requests" USING btree ("workspace_id","created_at");--> statement-breakpoint
CREATE INDEX "consent_requests_due" ON "consent_requests" USING btree ("state","due_at");--> statement-breakpoint
CREATE UNIQUE INDEX "consent_requests_open" ON "consent_requests" USING btree ("connection_id") WHERE "consent_requests"."state" in ('waiting', 'withMicrosoft', 'granting', 'blocked');