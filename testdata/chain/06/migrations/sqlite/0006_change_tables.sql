-- Chain: a change of its tables, for SQLite.
--
-- A table that changes is written anew and takes its old name: that takes its room on disk
-- once more, and nobody else writes until the migration ends.
--
-- * row-level security is turned off, in PostgreSQL
-- * suppliers.external: uuid becomes reference to categories
-- * products.brand_id: refers to suppliers from now on, on_delete = restrict
-- * products.group_id: on_delete = cascade
-- * products.supplier_id: reference to suppliers becomes uuid
-- * order_lines.sale_id: on_delete = restrict, unique
-- * order_lines.product_id: on_delete = set_null, optional

-- check: suppliers.external has values that refer to no record of the new table
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(checked."external", 1, 80)
FROM "suppliers" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked."external" IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM "categories" AS target
    WHERE target.tenant_id = checked.tenant_id AND target.id = checked."external"
)
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: products.brand_id has values that refer to no record of the new table
SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text)
    || ', value ' || substr(checked."brand_id", 1, 80)
FROM "products" AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked."brand_id" IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM "suppliers" AS target
    WHERE target.tenant_id = checked.tenant_id AND target.id = checked."brand_id"
)
ORDER BY tenants.slug, checked.id LIMIT 6;

-- check: order_lines.sale_id becomes unique, and values occur more than once in a tenant
SELECT 'tenant ' || tenants.slug || ', value ' || substr(found.value, 1, 80)
    || ', ' || CAST(count(*) AS text) || ' times'
FROM (SELECT checked.tenant_id, checked."sale_id" AS value FROM "order_lines" AS checked) AS found
JOIN tenants ON tenants.id = found.tenant_id
WHERE found.value IS NOT NULL
GROUP BY tenants.slug, found.value HAVING count(*) > 1
ORDER BY tenants.slug LIMIT 6;

-- check: suppliers is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('suppliers')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'name', 'external')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'suppliers' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('suppliers_created_by_idx', 'brands_owner_id_set_null')
LIMIT 6;

-- check: products is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('products')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'title', 'brand_id', 'currency', 'tax', 'origin', 'limited', 'seen_at', 'season', 'batch', 'rank', 'launch', 'article', 'price', 'weight', 'stock', 'state', 'size', 'color', 'featured', 'released', 'checked_at', 'code', 'details', 'contact', 'homepage', 'group_id', 'supplier_id')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'products' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('products_created_by_idx', 'products_brand_id_idx', 'products_group_id_idx', 'products_supplier_id_idx')
LIMIT 6;

-- check: order_lines is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('order_lines')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'sale_id', 'product_id', 'quantity')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'order_lines' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('order_lines_created_by_idx', 'order_lines_sale_id_idx', 'order_lines_product_id_idx')
LIMIT 6;

DROP TRIGGER "products_brand_id_set_null";

DROP TRIGGER "products_group_id_set_null";

DROP TRIGGER "brands_owner_id_set_null";

CREATE TABLE "gatewright_new_suppliers" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "name" TEXT NOT NULL,
    "external" TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "suppliers_external_unique" UNIQUE (tenant_id, "external"),
    CONSTRAINT "suppliers_external_fkey" FOREIGN KEY (tenant_id, "external")
        REFERENCES "categories" (tenant_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_suppliers" (tenant_id, id, version, created_at, updated_at, created_by, "name", "external")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "name", "external"
FROM "suppliers";

CREATE TABLE "gatewright_new_products" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "title" TEXT NOT NULL,
    "brand_id" TEXT,
    "currency" TEXT NOT NULL CHECK ("currency" IN ('usd', 'eur', 'chf')),
    "tax" INTEGER NOT NULL,
    "origin" TEXT NOT NULL,
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
    "color" TEXT NOT NULL CHECK ("color" IN ('red', 'blue', 'green', 'black')),
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
    CONSTRAINT "products_brand_id_fkey" FOREIGN KEY (tenant_id, "brand_id")
        REFERENCES "suppliers" (tenant_id, id),
    CONSTRAINT "products_group_id_fkey" FOREIGN KEY (tenant_id, "group_id")
        REFERENCES "categories" (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_products" (tenant_id, id, version, created_at, updated_at, created_by, "title", "brand_id", "currency", "tax", "origin", "limited", "seen_at", "season", "batch", "rank", "launch", "article", "price", "weight", "stock", "state", "size", "color", "featured", "released", "checked_at", "code", "details", "contact", "homepage", "group_id", "supplier_id")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "title", "brand_id", "currency", "tax", "origin", "limited", "seen_at", "season", "batch", "rank", "launch", "article", "price", "weight", "stock", "state", "size", "color", "featured", "released", "checked_at", "code", "details", "contact", "homepage", "group_id", "supplier_id"
FROM "products";

CREATE TABLE "gatewright_new_order_lines" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "sale_id" TEXT NOT NULL,
    "product_id" TEXT,
    "quantity" INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "order_lines_sale_id_unique" UNIQUE (tenant_id, "sale_id"),
    CONSTRAINT "order_lines_sale_id_fkey" FOREIGN KEY (tenant_id, "sale_id")
        REFERENCES "sales" (tenant_id, id),
    CONSTRAINT "order_lines_product_id_fkey" FOREIGN KEY (tenant_id, "product_id")
        REFERENCES "products" (tenant_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_order_lines" (tenant_id, id, version, created_at, updated_at, created_by, "sale_id", "product_id", "quantity")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "sale_id", "product_id", "quantity"
FROM "order_lines";

DROP TABLE "suppliers";

DROP TABLE "products";

DROP TABLE "order_lines";

ALTER TABLE "gatewright_new_suppliers" RENAME TO "suppliers";

ALTER TABLE "gatewright_new_products" RENAME TO "products";

ALTER TABLE "gatewright_new_order_lines" RENAME TO "order_lines";

CREATE INDEX "suppliers_created_by_idx" ON "suppliers" (tenant_id, created_by, id);

CREATE INDEX "products_created_by_idx" ON "products" (tenant_id, created_by, id);

CREATE INDEX "products_brand_id_idx" ON "products" (tenant_id, "brand_id");

CREATE INDEX "products_group_id_idx" ON "products" (tenant_id, "group_id");

CREATE INDEX "order_lines_created_by_idx" ON "order_lines" (tenant_id, created_by, id);

CREATE INDEX "order_lines_product_id_idx" ON "order_lines" (tenant_id, "product_id");

CREATE TRIGGER "suppliers_external_set_null" BEFORE DELETE ON "categories" BEGIN
    UPDATE "suppliers" SET "external" = NULL
    WHERE tenant_id = OLD.tenant_id AND "external" = OLD.id;
END;

CREATE TRIGGER "brands_owner_id_set_null" BEFORE DELETE ON "suppliers" BEGIN
    UPDATE "brands" SET "owner_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "owner_id" = OLD.id;
END;

CREATE TRIGGER "order_lines_product_id_set_null" BEFORE DELETE ON "products" BEGIN
    UPDATE "order_lines" SET "product_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "product_id" = OLD.id;
END;
