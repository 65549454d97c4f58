-- Chain: a change of its tables, for PostgreSQL.
--
-- A table that is altered is locked until the migration ends: for a moment where names, new
-- columns or nothing but nulls are concerned; for as long as it takes to read or rewrite it
-- where a type, a constraint, an index or filled-in values are.
--
-- * brands is new
-- * products.brand_id is new (reference to brands)
-- * products.currency is new (enum); records that exist get its default
-- * products.tax is new (decimal of 5 digits, 2 after the point); records that exist get its default
-- * products.origin is new (string); records that exist get its default
-- * products.limited is new (boolean); records that exist get its default
-- * products.seen_at is new (timestamp); records that exist get its default
-- * products.season is new (date); records that exist get its default
-- * products.batch is new (uuid); records that exist get its default
-- * products.rank is new (integer); records that exist get its default
-- * products.launch is new (timestamp)

-- No tenant adds a field of its own meanwhile.
LOCK TABLE custom_fields IN SHARE ROW EXCLUSIVE MODE;

-- check: products gets fields whose names tenants have given to fields of their own: choose other names, or have the tenants remove theirs
SELECT 'custom field ' || checked.name || ' of tenant ' || tenants.slug || ', one of '
    || CAST(count(*) OVER (PARTITION BY checked.name) AS text) || ' that have it'
FROM custom_fields AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked.resource = 'products' AND checked.name IN ('brand_id', 'currency', 'tax', 'origin', 'limited', 'seen_at', 'season', 'batch', 'rank', 'launch')
ORDER BY checked.name, tenants.slug LIMIT 6;

ALTER TABLE "products" ADD COLUMN "brand_id" uuid;

ALTER TABLE "products" ADD COLUMN "currency" text COLLATE "C" NOT NULL DEFAULT 'eur';

ALTER TABLE "products" ALTER COLUMN "currency" DROP DEFAULT;

ALTER TABLE "products" ADD COLUMN "tax" numeric(5, 2) NOT NULL DEFAULT 19.00;

ALTER TABLE "products" ALTER COLUMN "tax" DROP DEFAULT;

ALTER TABLE "products" ADD COLUMN "origin" text COLLATE "C" NOT NULL DEFAULT 'Côte d''Ivoire';

ALTER TABLE "products" ALTER COLUMN "origin" DROP DEFAULT;

ALTER TABLE "products" ADD COLUMN "limited" boolean NOT NULL DEFAULT true;

ALTER TABLE "products" ALTER COLUMN "limited" DROP DEFAULT;

ALTER TABLE "products" ADD COLUMN "seen_at" timestamptz NOT NULL DEFAULT '2026-01-02T03:04:05.000000Z';

ALTER TABLE "products" ALTER COLUMN "seen_at" DROP DEFAULT;

ALTER TABLE "products" ADD COLUMN "season" date NOT NULL DEFAULT '2026-03-01';

ALTER TABLE "products" ALTER COLUMN "season" DROP DEFAULT;

ALTER TABLE "products" ADD COLUMN "batch" uuid NOT NULL DEFAULT '0190b3c2-5f2e-7c3a-9d41-5a1f0e6b8c27';

ALTER TABLE "products" ALTER COLUMN "batch" DROP DEFAULT;

ALTER TABLE "products" ADD COLUMN "rank" bigint NOT NULL DEFAULT -7;

ALTER TABLE "products" ALTER COLUMN "rank" DROP DEFAULT;

ALTER TABLE "products" ADD COLUMN "launch" timestamptz;

CREATE TABLE "brands" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "name" text COLLATE "C" NOT NULL,
    "owner_id" uuid,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "brands_name_unique" UNIQUE (tenant_id, "name")
);

CREATE INDEX "brands_created_by_idx" ON "brands" (tenant_id, created_by, id);

CREATE INDEX "brands_owner_id_idx" ON "brands" (tenant_id, "owner_id");

CREATE TABLE "brands_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "brands_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "brands_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "brands_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "brands" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "brands_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

ALTER TABLE "products" ADD CONSTRAINT "products_brand_id_fkey" FOREIGN KEY (tenant_id, "brand_id")
    REFERENCES "brands" (tenant_id, id) ON DELETE SET NULL ("brand_id");

CREATE INDEX "products_brand_id_idx" ON "products" (tenant_id, "brand_id");

ALTER TABLE "products" ADD CONSTRAINT "products_currency_check" CHECK ("currency" IN ('eur', 'usd'));

ALTER TABLE "brands" ADD CONSTRAINT "brands_owner_id_fkey" FOREIGN KEY (tenant_id, "owner_id")
    REFERENCES "suppliers" (tenant_id, id) ON DELETE SET NULL ("owner_id");

ALTER TABLE "brands" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "brands" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "brands"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "brands" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "brands_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "brands_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "brands_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "brands_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);
