CREATE TABLE "graph_budgets" (
	"tenant_id" text NOT NULL,
	"client_id" text NOT NULL,
	"spent" jsonb NOT NULL,
	"paused_until" timestamp with time zone,
	CONSTRAINT "graph_budgets_tenant_id_client_id_pk" PRIMARY KEY("tenant_id","client_id")
);
