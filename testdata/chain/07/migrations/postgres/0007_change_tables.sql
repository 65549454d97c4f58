-- Chain: a change of its tables, for PostgreSQL.
--
-- A table that is altered is locked until the migration ends: for a moment where names, new
-- columns or nothing but nulls are concerned; for as long as it takes to read or rewrite it
-- where a type, a constraint, an index or filled-in values are.
--
-- * row-level security is turned on, in PostgreSQL
-- * products.price: decimal of 14 digits, 4 after the point becomes decimal of 9 digits, 2 after the point
-- * products.stock: decimal of 15 digits, 3 after the point becomes integer
-- * products.color: one of black, red, green from now on
-- * products.released: timestamp becomes date
-- * products.brand_id is dropped
-- * products.origin is dropped
-- * scratch is dropped

-- Nobody writes between a check and the change that relies on it.
LOCK TABLE "products" IN ACCESS EXCLUSIVE MODE;

-- check: products.price has numbers of more than 2 digits after the point
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(CAST(checked."price" AS text), 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked."price" <> round(checked."price", 2)
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: products.price has numbers of more than 7 digits before the point
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(CAST(checked."price" AS text), 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE abs(checked."price") >= 10000000
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: products.stock has numbers with a fraction
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(CAST(checked."stock" AS text), 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked."stock" <> round(checked."stock", 0)
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: products.color has values that are not in the list
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(checked."color", 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked."color" NOT IN ('black', 'red', 'green')
ORDER BY tenants.slug, checked.id LIMIT 6;

ALTER TABLE "products" DROP CONSTRAINT "products_brand_id_fkey";

ALTER TABLE "products" DROP CONSTRAINT "products_color_check";

DROP TABLE "scratch", "scratch_custom_values";

ALTER TABLE "products" DROP COLUMN "brand_id";

ALTER TABLE "products" DROP COLUMN "origin";

ALTER TABLE "products" ALTER COLUMN "price" TYPE numeric(9, 2) USING "price";

ALTER TABLE "products" ALTER COLUMN "stock" TYPE bigint USING "stock"::bigint;

ALTER TABLE "products" ALTER COLUMN "released" TYPE date USING ("released" AT TIME ZONE 'UTC')::date;

ALTER TABLE "products" ADD CONSTRAINT "products_color_check" CHECK ("color" IN ('black', 'red', 'green'));

DELETE FROM custom_fields WHERE resource = 'scratch';

DELETE FROM field_overrides WHERE resource = 'scratch';

DELETE FROM field_overrides WHERE resource = 'products' AND field = 'brand_id';

DELETE FROM field_overrides WHERE resource = 'products' AND field = 'origin';

ALTER TABLE roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE roles FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON roles
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON roles TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE user_tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON user_tenants
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON user_tenants TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE user_tenant_roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_tenant_roles FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON user_tenant_roles
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON user_tenant_roles TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit_log
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON audit_log TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE role_permissions ENABLE ROW LEVEL SECURITY;
ALTER TABLE role_permissions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON role_permissions
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON role_permissions TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invitations
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON invitations TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE invitation_roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation_roles FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invitation_roles
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON invitation_roles TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE platform_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON platform_entries
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON platform_entries TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON outbox
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON outbox TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE custom_fields ENABLE ROW LEVEL SECURITY;
ALTER TABLE custom_fields FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON custom_fields
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON custom_fields TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE field_overrides ENABLE ROW LEVEL SECURITY;
ALTER TABLE field_overrides FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON field_overrides
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON field_overrides TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "categories" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "categories" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "categories"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "categories" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "suppliers" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "suppliers" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "suppliers"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "suppliers" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "products" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "products" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "products"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "products" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "brands" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "brands" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "brands"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "brands" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "sales" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "sales" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "sales"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "sales" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "order_lines" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "order_lines" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "order_lines"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "order_lines" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "categories_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "categories_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "categories_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "categories_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "suppliers_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "suppliers_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "suppliers_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "suppliers_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "products_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "products_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "products_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "products_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "brands_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "brands_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "brands_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "brands_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "sales_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "sales_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "sales_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "sales_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "order_lines_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "order_lines_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "order_lines_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "order_lines_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

-- At sign-in no tenant is known yet: an account may list its own memberships, and only those.
CREATE POLICY own_memberships ON user_tenants FOR SELECT
    USING (user_id = NULLIF(current_setting('app.user_id', true), '')::uuid);

-- The platform's own pages read across tenants, as a role that the application must SET LOCAL ROLE
-- to: a setting could be forged by whoever can run a query. The role is made beforehand, see
-- README.md.
CREATE POLICY platform ON user_tenants FOR SELECT TO gatewright_platform USING (true);

CREATE POLICY platform ON audit_log FOR SELECT TO gatewright_platform USING (true);
CREATE POLICY platform ON outbox FOR SELECT TO gatewright_platform USING (true);
