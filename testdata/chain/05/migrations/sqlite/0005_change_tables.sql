-- Chain: a change of its tables, for SQLite.
--
-- A table that changes is written anew and takes its old name: that takes its room on disk
-- once more, and nobody else writes until the migration ends.
--
-- * suppliers.external: unique
-- * products.title: unique
-- * products.currency: one of usd, eur, chf from now on
-- * products.article: optional, no longer unique
-- * products.size: required, with its default in place of nulls
-- * products.color: one of red, blue, green, black from now on, required, with its default in place of nulls
-- * products.released: required
-- * sales.number: no longer unique

-- check: suppliers.external becomes unique, and values occur more than once in a tenant
SELECT 'tenant ' || tenants.slug || ', value ' || substr(found.value, 1, 80)
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

-- check: sales is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('sales')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'number', 'placed_at', 'remark')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'sales' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('sales_created_by_idx')
LIMIT 6;

DROP TRIGGER "brands_owner_id_set_null";

DROP TRIGGER "products_brand_id_set_null";

DROP TRIGGER "products_group_id_set_null";

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
    CONSTRAINT "suppliers_external_unique" UNIQUE (tenant_id, "external")
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
        REFERENCES "brands" (tenant_id, id),
    CONSTRAINT "products_group_id_fkey" FOREIGN KEY (tenant_id, "group_id")
        REFERENCES "categories" (tenant_id, id),
    CONSTRAINT "products_supplier_id_fkey" FOREIGN KEY (tenant_id, "supplier_id")
        REFERENCES "suppliers" (tenant_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_products" (tenant_id, id, version, created_at, updated_at, created_by, "title", "brand_id", "currency", "tax", "origin", "limited", "seen_at", "season", "batch", "rank", "launch", "article", "price", "weight", "stock", "state", "size", "color", "featured", "released", "checked_at", "code", "details", "contact", "homepage", "group_id", "supplier_id")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "title", "brand_id", "currency", "tax", "origin", "limited", "seen_at", "season", "batch", "rank", "launch", "article", "price", "weight", "stock", "state", coalesce("size", 'm'), coalesce("color", 'black'), "featured", "released", "checked_at", "code", "details", "contact", "homepage", "group_id", "supplier_id"
FROM "products";

CREATE TABLE "gatewright_new_sales" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "number" INTEGER NOT NULL,
    "placed_at" TEXT NOT NULL,
    "remark" TEXT,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_sales" (tenant_id, id, version, created_at, updated_at, created_by, "number", "placed_at", "remark")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "number", "placed_at", "remark"
FROM "sales";

DROP TABLE "suppliers";

DROP TABLE "products";

DROP TABLE "sales";

ALTER TABLE "gatewright_new_suppliers" RENAME TO "suppliers";

ALTER TABLE "gatewright_new_products" RENAME TO "products";

ALTER TABLE "gatewright_new_sales" RENAME TO "sales";

CREATE INDEX "suppliers_created_by_idx" ON "suppliers" (tenant_id, created_by, id);

CREATE INDEX "products_created_by_idx" ON "products" (tenant_id, created_by, id);

CREATE INDEX "products_brand_id_idx" ON "products" (tenant_id, "brand_id");

CREATE INDEX "products_group_id_idx" ON "products" (tenant_id, "group_id");

CREATE INDEX "products_supplier_id_idx" ON "products" (tenant_id, "supplier_id");

CREATE INDEX "sales_created_by_idx" ON "sales" (tenant_id, created_by, id);

CREATE TRIGGER "brands_owner_id_set_null" BEFORE DELETE ON "suppliers" BEGIN
    UPDATE "brands" SET "owner_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "owner_id" = OLD.id;
END;

CREATE TRIGGER "products_brand_id_set_null" BEFORE DELETE ON "brands" BEGIN
    UPDATE "products" SET "brand_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "brand_id" = OLD.id;
END;

CREATE TRIGGER "products_group_id_set_null" BEFORE DELETE ON "categories" BEGIN
    UPDATE "products" SET "group_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "group_id" = OLD.id;
END;
