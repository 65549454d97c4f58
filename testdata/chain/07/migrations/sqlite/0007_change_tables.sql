-- Chain: a change of its tables, for SQLite.
--
-- A table that changes is written anew and takes its old name: that takes its room on disk
-- once more, and nobody else writes until the migration ends.
--
-- * row-level security is turned on, in PostgreSQL
-- * products.price: decimal of 14 digits, 4 after the point becomes decimal of 9 digits, 2 after the point
-- * products.stock: decimal of 15 digits, 3 after the point becomes integer
-- * products.color: one of black, red, green from now on
-- * products.released: timestamp becomes date
-- * products.brand_id is dropped
-- * products.origin is dropped
-- * scratch is dropped

-- check: products.price has numbers of more than 2 digits after the point
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(CASE WHEN checked."price" IS NOT NULL THEN printf('%s%d.%04d', CASE WHEN checked."price" < 0 THEN '-' ELSE '' END, abs(checked."price") / 10000, abs(checked."price") % 10000) END, 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked."price" % 100 <> 0
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: products.price has numbers of more than 7 digits before the point
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(CASE WHEN checked."price" IS NOT NULL THEN printf('%s%d.%04d', CASE WHEN checked."price" < 0 THEN '-' ELSE '' END, abs(checked."price") / 10000, abs(checked."price") % 10000) END, 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE abs(checked."price") >= 100000000000
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: products.stock has numbers with a fraction
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(CASE WHEN checked."stock" IS NOT NULL THEN printf('%s%d.%03d', CASE WHEN checked."stock" < 0 THEN '-' ELSE '' END, abs(checked."stock") / 1000, abs(checked."stock") % 1000) END, 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked."stock" % 1000 <> 0
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: products.color has values that are not in the list
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(checked."color", 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked."color" NOT IN ('black', 'red', 'green')
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: products is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('products')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'title', 'brand_id', 'currency', 'tax', 'origin', 'limited', 'seen_at', 'season', 'batch', 'rank', 'launch', 'article', 'price', 'weight', 'stock', 'state', 'size', 'color', 'featured', 'released', 'checked_at', 'code', 'details', 'contact', 'homepage', 'group_id', 'supplier_id')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'products' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('products_created_by_idx', 'products_brand_id_idx', 'products_group_id_idx', 'order_lines_product_id_set_null')
LIMIT 6;

DROP TRIGGER "order_lines_product_id_set_null";

CREATE TABLE "gatewright_new_products" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "title" TEXT NOT NULL,
    "currency" TEXT NOT NULL CHECK ("currency" IN ('usd', 'eur', 'chf')),
    "tax" INTEGER NOT NULL,
    "limited" INTEGER NOT NULL CHECK ("limited" IN (0, 1)),
    "seen_at" TEXT NOT NULL,
    "season" TEXT NOT NULL,
    "batch" TEXT NOT NULL,
    "rank" TEXT NOT NULL,
    "launch" TEXT,
    "article" TEXT,
    "price" INTEGER NOT NULL,
    "weight" TEXT,
    "stock" INTEGER NOT NULL,
    "state" TEXT NOT NULL CHECK ("state" IN ('draft', 'active', 'archived')),
    "size" TEXT NOT NULL,
    "color" TEXT NOT NULL CHECK ("color" IN ('black', 'red', 'green')),
    "featured" TEXT NOT NULL,
    "released" TEXT NOT NULL,
    "checked_at" TEXT NOT NULL,
    "code" TEXT,
    "details" TEXT,
    "contact" TEXT,
    "homepage" TEXT,
    "group_id" TEXT,
    "supplier_id" TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "products_title_unique" UNIQUE (tenant_id, "title"),
    CONSTRAINT "products_group_id_fkey" FOREIGN KEY (tenant_id, "group_id")
        REFERENCES "categories" (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_products" (tenant_id, id, version, created_at, updated_at, created_by, "title", "currency", "tax", "limited", "seen_at", "season", "batch", "rank", "launch", "article", "price", "weight", "stock", "state", "size", "color", "featured", "released", "checked_at", "code", "details", "contact", "homepage", "group_id", "supplier_id")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "title", "currency", "tax", "limited", "seen_at", "season", "batch", "rank", "launch", "article", "price" / 100, "weight", "stock" / 1000, "state", "size", "color", "featured", substr("released", 1, 10), "checked_at", "code", "details", "contact", "homepage", "group_id", "supplier_id"
FROM "products";

DROP TABLE "products";

DROP TABLE "scratch";

DROP TABLE "scratch_custom_values";

ALTER TABLE "gatewright_new_products" RENAME TO "products";

DELETE FROM custom_fields WHERE resource = 'scratch';

DELETE FROM field_overrides WHERE resource = 'scratch';

DELETE FROM field_overrides WHERE resource = 'products' AND field = 'brand_id';

DELETE FROM field_overrides WHERE resource = 'products' AND field = 'origin';

CREATE INDEX "products_created_by_idx" ON "products" (tenant_id, created_by, id);

CREATE INDEX "products_group_id_idx" ON "products" (tenant_id, "group_id");

CREATE TRIGGER "order_lines_product_id_set_null" BEFORE DELETE ON "products" BEGIN
    UPDATE "order_lines" SET "product_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "product_id" = OLD.id;
END;
