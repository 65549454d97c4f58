-- Chain: a change of its tables, for PostgreSQL.
--
-- A table that is altered is locked until the migration ends: for a moment where names, new
-- columns or nothing but nulls are concerned; for as long as it takes to read or rewrite it
-- where a type, a constraint, an index or filled-in values are.
--
-- * row-level security is turned off, in PostgreSQL
-- * suppliers.external: uuid becomes reference to categories
-- * products.brand_id: refers to suppliers from now on, on_delete = restrict
-- * products.group_id: on_delete = cascade
-- * products.supplier_id: reference to suppliers becomes uuid
-- * order_lines.sale_id: on_delete = restrict, unique
-- * order_lines.product_id: on_delete = set_null, optional

-- Nobody writes between a check and the change that relies on it.
LOCK TABLE "suppliers", "products", "order_lines" IN ACCESS EXCLUSIVE MODE;

-- check: suppliers.external has values that refer to no record of the new table
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(CAST(checked."external" AS text), 1, 80)
FROM "suppliers" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked."external" IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM "categories" AS target
    WHERE target.tenant_id = checked.tenant_id AND target.id = checked."external"
)
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: products.brand_id has values that refer to no record of the new table
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(CAST(checked."brand_id" AS text), 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked."brand_id" IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM "suppliers" AS target
    WHERE target.tenant_id = checked.tenant_id AND target.id = checked."brand_id"
)
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: order_lines.sale_id becomes unique, and values occur more than once in a tenant
SELECT 'tenant ' || tenants.slug || ', value ' || substr(CAST(found.value AS text), 1, 80)
    || ', ' || CAST(count(*) AS text) || ' times'
FROM (SELECT checked.tenant_id, checked."sale_id" AS value FROM "order_lines" AS checked) AS found
JOIN tenants ON tenants.id = found.tenant_id
WHERE found.value IS NOT NULL
GROUP BY tenants.slug, found.value HAVING count(*) > 1
ORDER BY tenants.slug LIMIT 6;

ALTER TABLE "products" DROP CONSTRAINT "products_brand_id_fkey";

ALTER TABLE "products" DROP CONSTRAINT "products_group_id_fkey";

ALTER TABLE "products" DROP CONSTRAINT "products_supplier_id_fkey";

DROP INDEX "products_supplier_id_idx";

ALTER TABLE "order_lines" DROP CONSTRAINT "order_lines_sale_id_fkey";

DROP INDEX "order_lines_sale_id_idx";

ALTER TABLE "order_lines" DROP CONSTRAINT "order_lines_product_id_fkey";

ALTER TABLE "order_lines" ALTER COLUMN "product_id" DROP NOT NULL;

ALTER TABLE "suppliers" ADD CONSTRAINT "suppliers_external_fkey" FOREIGN KEY (tenant_id, "external")
    REFERENCES "categories" (tenant_id, id) ON DELETE SET NULL ("external");

ALTER TABLE "products" ADD CONSTRAINT "products_brand_id_fkey" FOREIGN KEY (tenant_id, "brand_id")
    REFERENCES "suppliers" (tenant_id, id);

ALTER TABLE "products" ADD CONSTRAINT "products_group_id_fkey" FOREIGN KEY (tenant_id, "group_id")
    REFERENCES "categories" (tenant_id, id) ON DELETE CASCADE;

ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_sale_id_unique" UNIQUE (tenant_id, "sale_id");

ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_sale_id_fkey" FOREIGN KEY (tenant_id, "sale_id")
    REFERENCES "sales" (tenant_id, id);

ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_product_id_fkey" FOREIGN KEY (tenant_id, "product_id")
    REFERENCES "products" (tenant_id, id) ON DELETE SET NULL ("product_id");

DROP POLICY own_memberships ON user_tenants;
DROP POLICY platform ON user_tenants;

DROP POLICY platform ON audit_log;
DROP POLICY platform ON outbox;

DROP POLICY tenant ON roles;
DROP POLICY migration ON roles;
ALTER TABLE roles NO FORCE ROW LEVEL SECURITY;
ALTER TABLE roles DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON user_tenants;
DROP POLICY migration ON user_tenants;
ALTER TABLE user_tenants NO FORCE ROW LEVEL SECURITY;
ALTER TABLE user_tenants DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON user_tenant_roles;
DROP POLICY migration ON user_tenant_roles;
ALTER TABLE user_tenant_roles NO FORCE ROW LEVEL SECURITY;
ALTER TABLE user_tenant_roles DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON audit_log;
DROP POLICY migration ON audit_log;
ALTER TABLE audit_log NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_log DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON role_permissions;
DROP POLICY migration ON role_permissions;
ALTER TABLE role_permissions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE role_permissions DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON invitations;
DROP POLICY migration ON invitations;
ALTER TABLE invitations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE invitations DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON invitation_roles;
DROP POLICY migration ON invitation_roles;
ALTER TABLE invitation_roles NO FORCE ROW LEVEL SECURITY;
ALTER TABLE invitation_roles DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON platform_entries;
DROP POLICY migration ON platform_entries;
ALTER TABLE platform_entries NO FORCE ROW LEVEL SECURITY;
ALTER TABLE platform_entries DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON outbox;
DROP POLICY migration ON outbox;
ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY;
ALTER TABLE outbox DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON custom_fields;
DROP POLICY migration ON custom_fields;
ALTER TABLE custom_fields NO FORCE ROW LEVEL SECURITY;
ALTER TABLE custom_fields DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON field_overrides;
DROP POLICY migration ON field_overrides;
ALTER TABLE field_overrides NO FORCE ROW LEVEL SECURITY;
ALTER TABLE field_overrides DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON "categories";
DROP POLICY migration ON "categories";
ALTER TABLE "categories" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "categories" DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON "suppliers";
DROP POLICY migration ON "suppliers";
ALTER TABLE "suppliers" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "suppliers" DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON "products";
DROP POLICY migration ON "products";
ALTER TABLE "products" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "products" DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON "brands";
DROP POLICY migration ON "brands";
ALTER TABLE "brands" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "brands" DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON "sales";
DROP POLICY migration ON "sales";
ALTER TABLE "sales" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "sales" DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON "order_lines";
DROP POLICY migration ON "order_lines";
ALTER TABLE "order_lines" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "order_lines" DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON "scratch";
DROP POLICY migration ON "scratch";
ALTER TABLE "scratch" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "scratch" DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON "categories_custom_values";
DROP POLICY migration ON "categories_custom_values";
ALTER TABLE "categories_custom_values" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "categories_custom_values" DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON "suppliers_custom_values";
DROP POLICY migration ON "suppliers_custom_values";
ALTER TABLE "suppliers_custom_values" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "suppliers_custom_values" DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON "products_custom_values";
DROP POLICY migration ON "products_custom_values";
ALTER TABLE "products_custom_values" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "products_custom_values" DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON "brands_custom_values";
DROP POLICY migration ON "brands_custom_values";
ALTER TABLE "brands_custom_values" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "brands_custom_values" DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON "sales_custom_values";
DROP POLICY migration ON "sales_custom_values";
ALTER TABLE "sales_custom_values" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "sales_custom_values" DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON "order_lines_custom_values";
DROP POLICY migration ON "order_lines_custom_values";
ALTER TABLE "order_lines_custom_values" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "order_lines_custom_values" DISABLE ROW LEVEL SECURITY;

DROP POLICY tenant ON "scratch_custom_values";
DROP POLICY migration ON "scratch_custom_values";
ALTER TABLE "scratch_custom_values" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "scratch_custom_values" DISABLE ROW LEVEL SECURITY;
