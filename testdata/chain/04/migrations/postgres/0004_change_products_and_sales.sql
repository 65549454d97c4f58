-- Chain: a change of its tables, for PostgreSQL.
--
-- A table that is altered is locked until the migration ends: for a moment where names, new
-- columns or nothing but nulls are concerned; for as long as it takes to read or rewrite it
-- where a type, a constraint, an index or filled-in values are.
--
-- * products.rank: integer becomes string
-- * products.price: decimal of 10 digits, 2 after the point becomes decimal of 14 digits, 4 after the point
-- * products.weight: decimal of 9 digits, 4 after the point becomes string
-- * products.stock: integer becomes decimal of 15 digits, 3 after the point
-- * products.size: enum becomes string
-- * products.color: string becomes enum
-- * products.featured: boolean becomes text
-- * products.released: date becomes timestamp
-- * products.checked_at: timestamp becomes string
-- * products.code: uuid becomes string
-- * products.contact: string becomes email
-- * products.homepage: text becomes url
-- * sales.remark: text becomes string

-- Nobody writes between a check and the change that relies on it.
LOCK TABLE "products", "sales" IN ACCESS EXCLUSIVE MODE;

-- check: products.stock has numbers of more than 12 digits
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(CAST(checked."stock" AS text), 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE (checked."stock" >= 1000000000000 OR checked."stock" <= -1000000000000)
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: products.color has values that are not in the list
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(checked."color", 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked."color" NOT IN ('red', 'blue', 'green')
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: products.contact has values that are no addresses
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(checked."contact", 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE (checked."contact" NOT LIKE '_%@_%' OR checked."contact" LIKE '% %' OR length(checked."contact") > 254)
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: products.homepage has values that are no URLs
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(checked."homepage", 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE (lower(checked."homepage") NOT LIKE 'http://_%' AND lower(checked."homepage") NOT LIKE 'https://_%' OR length(checked."homepage") > 2048)
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: sales.remark has values of more than 50 characters
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(checked."remark", 1, 80)
FROM "sales" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE length(checked."remark") > 50
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: sales.remark has values of more than one line, or with other control characters
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(checked."remark", 1, 80)
FROM "sales" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked."remark" ~ '[\x01-\x1f\x7f]'
ORDER BY tenants.slug, checked.id LIMIT 6;

ALTER TABLE "products" DROP CONSTRAINT "products_size_check";

ALTER TABLE "products" ALTER COLUMN "rank" TYPE text COLLATE "C" USING CAST("rank" AS text);

ALTER TABLE "products" ALTER COLUMN "price" TYPE numeric(14, 4) USING "price";

ALTER TABLE "products" ALTER COLUMN "weight" TYPE text COLLATE "C" USING CAST("weight" AS text);

ALTER TABLE "products" ALTER COLUMN "stock" TYPE numeric(15, 3) USING "stock";

ALTER TABLE "products" ALTER COLUMN "featured" TYPE text COLLATE "C" USING CAST("featured" AS text);

ALTER TABLE "products" ALTER COLUMN "released" TYPE timestamptz USING "released"::timestamp AT TIME ZONE 'UTC';

ALTER TABLE "products" ALTER COLUMN "checked_at" TYPE text COLLATE "C" USING to_char("checked_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

ALTER TABLE "products" ALTER COLUMN "code" TYPE text COLLATE "C" USING CAST("code" AS text);

ALTER TABLE "products" ADD CONSTRAINT "products_color_check" CHECK ("color" IN ('red', 'blue', 'green'));
