-- Chain: a change of its tables, for PostgreSQL.
--
-- A table that is altered is locked until the migration ends: for a moment where names, new
-- columns or nothing but nulls are concerned; for as long as it takes to read or rewrite it
-- where a type, a constraint, an index or filled-in values are.
--
-- * suppliers.external: unique
-- * products.title: unique
-- * products.currency: one of usd, eur, chf from now on
-- * products.article: optional, no longer unique
-- * products.size: required, with its default in place of nulls
-- * products.color: one of red, blue, green, black from now on, required, with its default in place of nulls
-- * products.released: required
-- * sales.number: no longer unique

-- Nobody writes between a check and the change that relies on it.
LOCK TABLE "suppliers", "products" IN ACCESS EXCLUSIVE MODE;

-- check: suppliers.external becomes unique, and values occur more than once in a tenant
SELECT 'tenant ' || tenants.slug || ', value ' || substr(CAST(found.value AS text), 1, 80)
    || ', ' || CAST(count(*) AS text) || ' times'
FROM (SELECT checked.tenant_id, checked."external" AS value FROM "suppliers" AS checked) AS found
JOIN tenants ON tenants.id = found.tenant_id
WHERE found.value IS NOT NULL
GROUP BY tenants.slug, found.value HAVING count(*) > 1
ORDER BY tenants.slug LIMIT 6;

-- check: products.title becomes unique, and values occur more than once in a tenant
SELECT 'tenant ' || tenants.slug || ', value ' || substr(found.value, 1, 80)
    || ', ' || CAST(count(*) AS text) || ' times'
FROM (SELECT checked.tenant_id, checked."title" AS value FROM "products" AS checked) AS found
JOIN tenants ON tenants.id = found.tenant_id
WHERE found.value IS NOT NULL
GROUP BY tenants.slug, found.value HAVING count(*) > 1
ORDER BY tenants.slug LIMIT 6;

-- check: products.released becomes required, and records have no value for it
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked."released" IS NULL
ORDER BY tenants.slug, checked.id LIMIT 6;

ALTER TABLE "products" DROP CONSTRAINT "products_currency_check";

ALTER TABLE "products" DROP CONSTRAINT "products_article_unique";

ALTER TABLE "products" DROP CONSTRAINT "products_color_check";

ALTER TABLE "sales" DROP CONSTRAINT "sales_number_unique";

ALTER TABLE "products" ALTER COLUMN "article" DROP NOT NULL;

UPDATE "products" SET "size" = 'm' WHERE "size" IS NULL;

ALTER TABLE "products" ALTER COLUMN "size" SET NOT NULL;

UPDATE "products" SET "color" = 'black' WHERE "color" IS NULL;

ALTER TABLE "products" ALTER COLUMN "color" SET NOT NULL;

ALTER TABLE "products" ALTER COLUMN "released" SET NOT NULL;

ALTER TABLE "suppliers" ADD CONSTRAINT "suppliers_external_unique" UNIQUE (tenant_id, "external");

ALTER TABLE "products" ADD CONSTRAINT "products_title_unique" UNIQUE (tenant_id, "title");

ALTER TABLE "products" ADD CONSTRAINT "products_currency_check" CHECK ("currency" IN ('usd', 'eur', 'chf'));

ALTER TABLE "products" ADD CONSTRAINT "products_color_check" CHECK ("color" IN ('red', 'blue', 'green', 'black'));
