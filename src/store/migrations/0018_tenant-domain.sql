ALTER TABLE "connections" ADD COLUMN "tenant_domain" text;--> statement-breakpoint
ALTER TABLE "consent_requests" ADD COLUMN "tenant_domain" text;