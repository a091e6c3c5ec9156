CREATE TABLE "link_apps" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"requester_id" text NOT NULL,
	"requester_name" text NOT NULL,
	"store" text NOT NULL,
	"url" text NOT NULL,
	"store_id" text NOT NULL,
	"state" text NOT NULL,
	"form" jsonb,
	"connection_id" uuid,
	"marker" text NOT NULL,
	"app_id" text,
	"creating_since" timestamp with time zone,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "release_places" (
	"group_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"release_id" uuid NOT NULL,
	"problem" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "release_places_group_id_connection_id_pk" PRIMARY KEY("group_id","connection_id")
);
--> statement-breakpoint
ALTER TABLE "link_apps" ADD CONSTRAINT "link_apps_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link_apps" ADD CONSTRAINT "link_apps_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "release_places" ADD CONSTRAINT "release_places_group_id_releases_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."releases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "release_places" ADD CONSTRAINT "release_places_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "release_places" ADD CONSTRAINT "release_places_release_id_releases_id_fk" FOREIGN KEY ("release_id") REFERENCES "public"."releases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "link_apps_workspace" ON "link_apps" USING btree ("workspace_id","created_at");