CREATE TABLE "tenant_proofs" (
	"connection_id" uuid PRIMARY KEY NOT NULL,
	"cloud" text NOT NULL,
	"tenant_id" text NOT NULL,
	"client_id" text NOT NULL,
	"how" text NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"proven_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "tenant_proofs" ADD CONSTRAINT "tenant_proofs_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;