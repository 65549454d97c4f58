-- Chain: a change of its tables, for PostgreSQL.
--
-- A table that is altered is locked until the migration ends: for a moment where names, new
-- columns or nothing but nulls are concerned; for as long as it takes to read or rewrite it
-- where a type, a constraint, an index or filled-in values are.
--
-- * offers is new
-- * suppliers is renamed to vendors; roles that tenants have made hold vendors:… in place of suppliers:…
-- * sales is renamed to purchases; roles that tenants have made hold purchases:… in place of sales:…
-- * purchases.number: integer becomes decimal of 12 digits, 0 after the point, unique
-- * products.article_number: was article, string becomes text, required, with its default in place of nulls
-- * products.phase: was state, one of draft, active, archived, gone from now on
-- * products.vendor_id: was supplier_id, uuid becomes reference to vendors
-- * products.best_offer_id is new (reference to offers)
-- * order_lines is renamed to purchase_lines; roles that tenants have made hold purchase_lines:… in place of order_lines:…
-- * purchase_lines.purchase_id: was sale_id, on_delete = cascade, no longer unique

-- Nobody writes between a check and the change that relies on it.
LOCK TABLE "sales", "products" IN ACCESS EXCLUSIVE MODE;

-- No tenant adds a field of its own meanwhile.
LOCK TABLE custom_fields IN SHARE ROW EXCLUSIVE MODE;

-- check: sales.number has numbers of more than 12 digits
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(CAST(checked."number" AS text), 1, 80)
FROM "sales" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE (checked."number" >= 1000000000000 OR checked."number" <= -1000000000000)
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: purchases.number becomes unique, and values occur more than once in a tenant
SELECT 'tenant ' || tenants.slug || ', value ' || substr(CAST(found.value AS text), 1, 80)
    || ', ' || CAST(count(*) AS text) || ' times'
FROM (SELECT checked.tenant_id, checked."number" AS value FROM "sales" AS checked) AS found
JOIN tenants ON tenants.id = found.tenant_id
WHERE found.value IS NOT NULL
GROUP BY tenants.slug, found.value HAVING count(*) > 1
ORDER BY tenants.slug LIMIT 6;

-- check: products.supplier_id has values that refer to no record of the new table
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(CAST(checked."supplier_id" AS text), 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked."supplier_id" IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM "suppliers" AS target
    WHERE target.tenant_id = checked.tenant_id AND target.id = checked."supplier_id"
)
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: products gets fields whose names tenants have given to fields of their own: choose other names, or have the tenants remove theirs
SELECT 'custom field ' || checked.name || ' of tenant ' || tenants.slug || ', one of '
    || CAST(count(*) OVER (PARTITION BY checked.name) AS text) || ' that have it'
FROM custom_fields AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked.resource = 'products' AND checked.name IN ('article_number', 'phase', 'vendor_id', 'best_offer_id')
ORDER BY checked.name, tenants.slug LIMIT 6;

-- check: order_lines gets fields whose names tenants have given to fields of their own: choose other names, or have the tenants remove theirs
SELECT 'custom field ' || checked.name || ' of tenant ' || tenants.slug || ', one of '
    || CAST(count(*) OVER (PARTITION BY checked.name) AS text) || ' that have it'
FROM custom_fields AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked.resource = 'order_lines' AND checked.name IN ('purchase_id')
ORDER BY checked.name, tenants.slug LIMIT 6;

ALTER TABLE "products" DROP CONSTRAINT "products_state_check";

ALTER TABLE "order_lines" DROP CONSTRAINT "order_lines_sale_id_unique";

ALTER TABLE "order_lines" DROP CONSTRAINT "order_lines_sale_id_fkey";

ALTER TABLE "suppliers" RENAME TO "vendors";

ALTER TABLE "vendors" RENAME CONSTRAINT "suppliers_pkey" TO "vendors_pkey";

ALTER TABLE "vendors" RENAME CONSTRAINT "suppliers_tenant_id_fkey" TO "vendors_tenant_id_fkey";

ALTER INDEX "suppliers_created_by_idx" RENAME TO "vendors_created_by_idx";

ALTER TABLE "vendors" RENAME CONSTRAINT "suppliers_external_unique" TO "vendors_external_unique";

ALTER TABLE "vendors" RENAME CONSTRAINT "suppliers_external_fkey" TO "vendors_external_fkey";

ALTER TABLE "suppliers_custom_values" RENAME TO "vendors_custom_values";

ALTER TABLE "vendors_custom_values" RENAME CONSTRAINT "suppliers_custom_values_row_pkey" TO "vendors_custom_values_row_pkey";

ALTER TABLE "vendors_custom_values" RENAME CONSTRAINT "suppliers_custom_values_value_unique" TO "vendors_custom_values_value_unique";

ALTER TABLE "vendors_custom_values" RENAME CONSTRAINT "suppliers_custom_values_record_fkey" TO "vendors_custom_values_record_fkey";

ALTER TABLE "vendors_custom_values" RENAME CONSTRAINT "suppliers_custom_values_field_fkey" TO "vendors_custom_values_field_fkey";

ALTER TABLE "sales" RENAME TO "purchases";

ALTER TABLE "purchases" RENAME CONSTRAINT "sales_pkey" TO "purchases_pkey";

ALTER TABLE "purchases" RENAME CONSTRAINT "sales_tenant_id_fkey" TO "purchases_tenant_id_fkey";

ALTER INDEX "sales_created_by_idx" RENAME TO "purchases_created_by_idx";

ALTER TABLE "sales_custom_values" RENAME TO "purchases_custom_values";

ALTER TABLE "purchases_custom_values" RENAME CONSTRAINT "sales_custom_values_row_pkey" TO "purchases_custom_values_row_pkey";

ALTER TABLE "purchases_custom_values" RENAME CONSTRAINT "sales_custom_values_value_unique" TO "purchases_custom_values_value_unique";

ALTER TABLE "purchases_custom_values" RENAME CONSTRAINT "sales_custom_values_record_fkey" TO "purchases_custom_values_record_fkey";

ALTER TABLE "purchases_custom_values" RENAME CONSTRAINT "sales_custom_values_field_fkey" TO "purchases_custom_values_field_fkey";

ALTER TABLE "products" RENAME COLUMN "article" TO "article_number";

ALTER TABLE "products" RENAME COLUMN "state" TO "phase";

ALTER TABLE "products" RENAME COLUMN "supplier_id" TO "vendor_id";

ALTER TABLE "order_lines" RENAME TO "purchase_lines";

ALTER TABLE "purchase_lines" RENAME CONSTRAINT "order_lines_pkey" TO "purchase_lines_pkey";

ALTER TABLE "purchase_lines" RENAME CONSTRAINT "order_lines_tenant_id_fkey" TO "purchase_lines_tenant_id_fkey";

ALTER TABLE "purchase_lines" RENAME COLUMN "sale_id" TO "purchase_id";

ALTER INDEX "order_lines_created_by_idx" RENAME TO "purchase_lines_created_by_idx";

ALTER TABLE "purchase_lines" RENAME CONSTRAINT "order_lines_product_id_fkey" TO "purchase_lines_product_id_fkey";

ALTER INDEX "order_lines_product_id_idx" RENAME TO "purchase_lines_product_id_idx";

ALTER TABLE "order_lines_custom_values" RENAME TO "purchase_lines_custom_values";

ALTER TABLE "purchase_lines_custom_values" RENAME CONSTRAINT "order_lines_custom_values_row_pkey" TO "purchase_lines_custom_values_row_pkey";

ALTER TABLE "purchase_lines_custom_values" RENAME CONSTRAINT "order_lines_custom_values_value_unique" TO "purchase_lines_custom_values_value_unique";

ALTER TABLE "purchase_lines_custom_values" RENAME CONSTRAINT "order_lines_custom_values_record_fkey" TO "purchase_lines_custom_values_record_fkey";

ALTER TABLE "purchase_lines_custom_values" RENAME CONSTRAINT "order_lines_custom_values_field_fkey" TO "purchase_lines_custom_values_field_fkey";

ALTER TABLE "purchases" ALTER COLUMN "number" TYPE numeric(12, 0) USING "number";

UPDATE "products" SET "article_number" = 'none' WHERE "article_number" IS NULL;

ALTER TABLE "products" ALTER COLUMN "article_number" SET NOT NULL;

ALTER TABLE "products" ADD COLUMN "best_offer_id" uuid;

CREATE TABLE "offers" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "product_id" uuid NOT NULL,
    "price" numeric(10, 2) NOT NULL,
    "phase" text COLLATE "C" NOT NULL CONSTRAINT "offers_phase_check" CHECK ("phase" IN ('open', 'closed')),
    PRIMARY KEY (tenant_id, id)
);

CREATE INDEX "offers_created_by_idx" ON "offers" (tenant_id, created_by, id);

CREATE INDEX "offers_product_id_idx" ON "offers" (tenant_id, "product_id");

CREATE TABLE "offers_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "offers_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "offers_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "offers_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "offers" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "offers_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

ALTER TABLE "purchases" ADD CONSTRAINT "purchases_number_unique" UNIQUE (tenant_id, "number");

ALTER TABLE "products" ADD CONSTRAINT "products_phase_check" CHECK ("phase" IN ('draft', 'active', 'archived', 'gone'));

ALTER TABLE "products" ADD CONSTRAINT "products_vendor_id_fkey" FOREIGN KEY (tenant_id, "vendor_id")
    REFERENCES "vendors" (tenant_id, id);

CREATE INDEX "products_vendor_id_idx" ON "products" (tenant_id, "vendor_id");

ALTER TABLE "products" ADD CONSTRAINT "products_best_offer_id_fkey" FOREIGN KEY (tenant_id, "best_offer_id")
    REFERENCES "offers" (tenant_id, id) ON DELETE SET NULL ("best_offer_id");

CREATE INDEX "products_best_offer_id_idx" ON "products" (tenant_id, "best_offer_id");

ALTER TABLE "purchase_lines" ADD CONSTRAINT "purchase_lines_purchase_id_fkey" FOREIGN KEY (tenant_id, "purchase_id")
    REFERENCES "purchases" (tenant_id, id) ON DELETE CASCADE;

CREATE INDEX "purchase_lines_purchase_id_idx" ON "purchase_lines" (tenant_id, "purchase_id");

UPDATE custom_fields SET resource = 'vendors' WHERE resource = 'suppliers';

UPDATE field_overrides SET resource = 'vendors' WHERE resource = 'suppliers';

UPDATE custom_fields SET resource = 'purchases' WHERE resource = 'sales';

UPDATE field_overrides SET resource = 'purchases' WHERE resource = 'sales';

UPDATE field_overrides SET field = 'article_number' WHERE resource = 'products' AND field = 'article';

UPDATE field_overrides SET field = 'phase' WHERE resource = 'products' AND field = 'state';

UPDATE field_overrides SET field = 'vendor_id' WHERE resource = 'products' AND field = 'supplier_id';

UPDATE field_overrides SET field = 'purchase_id' WHERE resource = 'order_lines' AND field = 'sale_id';

UPDATE custom_fields SET resource = 'purchase_lines' WHERE resource = 'order_lines';

UPDATE field_overrides SET resource = 'purchase_lines' WHERE resource = 'order_lines';

ALTER TABLE "offers" ADD CONSTRAINT "offers_product_id_fkey" FOREIGN KEY (tenant_id, "product_id")
    REFERENCES "products" (tenant_id, id) ON DELETE CASCADE;

DELETE FROM role_permissions WHERE substr(permission, 1, 8) = 'vendors:';

UPDATE role_permissions SET permission = 'vendors:' || substr(permission, 11)
WHERE substr(permission, 1, 10) = 'suppliers:';

DELETE FROM role_permissions WHERE substr(permission, 1, 10) = 'purchases:';

UPDATE role_permissions SET permission = 'purchases:' || substr(permission, 7)
WHERE substr(permission, 1, 6) = 'sales:';

DELETE FROM role_permissions WHERE substr(permission, 1, 15) = 'purchase_lines:';

UPDATE role_permissions SET permission = 'purchase_lines:' || substr(permission, 13)
WHERE substr(permission, 1, 12) = 'order_lines:';

ALTER TABLE "offers" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "offers" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "offers"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "offers" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "offers_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "offers_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "offers_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "offers_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);
