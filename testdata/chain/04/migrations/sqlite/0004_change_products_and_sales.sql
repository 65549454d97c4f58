-- Chain: a change of its tables, for SQLite.
--
-- A table that changes is written anew and takes its old name: that takes its room on disk
-- once more, and nobody else writes until the migration ends.
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
WHERE checked."remark" GLOB '*[' || char(1) || '-' || char(31) || char(127) || ']*'
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: products is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('products')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'title', 'brand_id', 'currency', 'tax', 'origin', 'limited', 'seen_at', 'season', 'batch', 'rank', 'launch', 'article', 'price', 'weight', 'stock', 'state', 'size', 'color', 'featured', 'released', 'checked_at', 'code', 'details', 'contact', 'homepage', 'group_id', 'supplier_id')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'products' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('products_created_by_idx', 'products_brand_id_idx', 'products_group_id_idx', 'products_supplier_id_idx')
LIMIT 6;

DROP TRIGGER "products_brand_id_set_null";

DROP TRIGGER "products_group_id_set_null";

CREATE TABLE "gatewright_new_products" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "title" TEXT NOT NULL,
    "brand_id" TEXT,
    "currency" TEXT NOT NULL CHECK ("currency" IN ('eur', 'usd')),
    "tax" INTEGER NOT NULL,
    "origin" TEXT NOT NULL,
    "limited" INTEGER NOT NULL CHECK ("limited" IN (0, 1)),
    "seen_at" TEXT NOT NULL,
    "season" TEXT NOT NULL,
    "batch" TEXT NOT NULL,
    "rank" TEXT NOT NULL,
    "launch" TEXT,
    "article" TEXT NOT NULL,
    "price" INTEGER NOT NULL,
    "weight" TEXT,
    "stock" INTEGER NOT NULL,
    "state" TEXT NOT NULL CHECK ("state" IN ('draft', 'active', 'archived')),
    "size" TEXT,
    "color" TEXT CHECK ("color" IN ('red', 'blue', 'green')),
    "featured" TEXT NOT NULL,
    "released" TEXT,
    "checked_at" TEXT NOT NULL,
    "code" TEXT,
    "details" TEXT,
    "contact" TEXT,
    "homepage" TEXT,
    "group_id" TEXT,
    "supplier_id" TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "products_article_unique" UNIQUE (tenant_id, "article"),
    CONSTRAINT "products_brand_id_fkey" FOREIGN KEY (tenant_id, "brand_id")
        REFERENCES "brands" (tenant_id, id),
    CONSTRAINT "products_group_id_fkey" FOREIGN KEY (tenant_id, "group_id")
        REFERENCES "categories" (tenant_id, id),
    CONSTRAINT "products_supplier_id_fkey" FOREIGN KEY (tenant_id, "supplier_id")
        REFERENCES "suppliers" (tenant_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_products" (tenant_id, id, version, created_at, updated_at, created_by, "title", "brand_id", "currency", "tax", "origin", "limited", "seen_at", "season", "batch", "rank", "launch", "article", "price", "weight", "stock", "state", "size", "color", "featured", "released", "checked_at", "code", "details", "contact", "homepage", "group_id", "supplier_id")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "title", "brand_id", "currency", "tax", "origin", "limited", "seen_at", "season", "batch", CAST("rank" AS text), "launch", "article", "price" * 100, CASE WHEN "weight" IS NOT NULL THEN printf('%s%d.%04d', CASE WHEN "weight" < 0 THEN '-' ELSE '' END, abs("weight") / 10000, abs("weight") % 10000) END, "stock" * 1000, "state", "size", "color", CASE "featured" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END, "released" || 'T00:00:00.000000Z', "checked_at", "code", "details", "contact", "homepage", "group_id", "supplier_id"
FROM "products";

DROP TABLE "products";

ALTER TABLE "gatewright_new_products" RENAME TO "products";

CREATE INDEX "products_created_by_idx" ON "products" (tenant_id, created_by, id);

CREATE INDEX "products_brand_id_idx" ON "products" (tenant_id, "brand_id");

CREATE INDEX "products_group_id_idx" ON "products" (tenant_id, "group_id");

CREATE INDEX "products_supplier_id_idx" ON "products" (tenant_id, "supplier_id");

CREATE TRIGGER "products_brand_id_set_null" BEFORE DELETE ON "brands" BEGIN
    UPDATE "products" SET "brand_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "brand_id" = OLD.id;
END;

CREATE TRIGGER "products_group_id_set_null" BEFORE DELETE ON "categories" BEGIN
    UPDATE "products" SET "group_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "group_id" = OLD.id;
END;
