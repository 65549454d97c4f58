-- Chain: a change of its tables, for SQLite.
--
-- A table that changes is written anew and takes its old name: that takes its room on disk
-- once more, and nobody else writes until the migration ends.
--
-- * products.title: was name
-- * products.article: was sku
-- * products.state: was status
-- * products.group_id: was category_id
-- * orders is renamed to sales; roles that tenants have made hold sales:… in place of orders:…
-- * order_lines.sale_id: was order_id

-- check: products gets fields whose names tenants have given to fields of their own: choose other names, or have the tenants remove theirs
SELECT 'custom field ' || checked.name || ' of tenant ' || tenants.slug || ', one of '
    || CAST(count(*) OVER (PARTITION BY checked.name) AS text) || ' that have it'
FROM custom_fields AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked.resource = 'products' AND checked.name IN ('title', 'article', 'state', 'group_id')
ORDER BY checked.name, tenants.slug LIMIT 6;

-- check: order_lines gets fields whose names tenants have given to fields of their own: choose other names, or have the tenants remove theirs
SELECT 'custom field ' || checked.name || ' of tenant ' || tenants.slug || ', one of '
    || CAST(count(*) OVER (PARTITION BY checked.name) AS text) || ' that have it'
FROM custom_fields AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked.resource = 'order_lines' AND checked.name IN ('sale_id')
ORDER BY checked.name, tenants.slug LIMIT 6;

-- check: products is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('products')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'name', 'brand_id', 'currency', 'tax', 'origin', 'limited', 'seen_at', 'season', 'batch', 'rank', 'launch', 'sku', 'price', 'weight', 'stock', 'status', 'size', 'color', 'featured', 'released', 'checked_at', 'code', 'details', 'contact', 'homepage', 'category_id', 'supplier_id')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'products' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('products_created_by_idx', 'products_brand_id_idx', 'products_category_id_idx', 'products_supplier_id_idx')
LIMIT 6;

-- check: orders is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('orders')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'number', 'placed_at', 'remark')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'orders' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('orders_created_by_idx')
LIMIT 6;

-- check: order_lines is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('order_lines')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'order_id', 'product_id', 'quantity')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'order_lines' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('order_lines_created_by_idx', 'order_lines_order_id_idx', 'order_lines_product_id_idx')
LIMIT 6;

DROP TRIGGER "products_brand_id_set_null";

DROP TRIGGER "products_category_id_set_null";

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
    "rank" INTEGER NOT NULL,
    "launch" TEXT,
    "article" TEXT NOT NULL,
    "price" INTEGER NOT NULL,
    "weight" INTEGER,
    "stock" INTEGER NOT NULL,
    "state" TEXT NOT NULL CHECK ("state" IN ('draft', 'active', 'archived')),
    "size" TEXT CHECK ("size" IN ('s', 'm', 'l')),
    "color" TEXT,
    "featured" INTEGER NOT NULL CHECK ("featured" IN (0, 1)),
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
SELECT tenant_id, id, version, created_at, updated_at, created_by, "name", "brand_id", "currency", "tax", "origin", "limited", "seen_at", "season", "batch", "rank", "launch", "sku", "price", "weight", "stock", "status", "size", "color", "featured", "released", "checked_at", "code", "details", "contact", "homepage", "category_id", "supplier_id"
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
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "sales_number_unique" UNIQUE (tenant_id, "number")
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_sales" (tenant_id, id, version, created_at, updated_at, created_by, "number", "placed_at", "remark")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "number", "placed_at", "remark"
FROM "orders";

CREATE TABLE "gatewright_new_order_lines" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "sale_id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "order_lines_sale_id_fkey" FOREIGN KEY (tenant_id, "sale_id")
        REFERENCES "sales" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "order_lines_product_id_fkey" FOREIGN KEY (tenant_id, "product_id")
        REFERENCES "products" (tenant_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_order_lines" (tenant_id, id, version, created_at, updated_at, created_by, "sale_id", "product_id", "quantity")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "order_id", "product_id", "quantity"
FROM "order_lines";

DROP TABLE "products";

DROP TABLE "orders";

DROP TABLE "order_lines";

ALTER TABLE "gatewright_new_products" RENAME TO "products";

ALTER TABLE "gatewright_new_sales" RENAME TO "sales";

ALTER TABLE "gatewright_new_order_lines" RENAME TO "order_lines";

CREATE TABLE "gatewright_new_sales_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "sales_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "sales_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "sales_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "sales" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "sales_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_sales_custom_values" (tenant_id, record_id, field_id, text_value, number_value, unique_value)
SELECT tenant_id, record_id, field_id, text_value, number_value, unique_value
FROM "orders_custom_values";

DROP TABLE "orders_custom_values";

ALTER TABLE "gatewright_new_sales_custom_values" RENAME TO "sales_custom_values";

UPDATE field_overrides SET field = 'title' WHERE resource = 'products' AND field = 'name';

UPDATE field_overrides SET field = 'article' WHERE resource = 'products' AND field = 'sku';

UPDATE field_overrides SET field = 'state' WHERE resource = 'products' AND field = 'status';

UPDATE field_overrides SET field = 'group_id' WHERE resource = 'products' AND field = 'category_id';

UPDATE custom_fields SET resource = 'sales' WHERE resource = 'orders';

UPDATE field_overrides SET resource = 'sales' WHERE resource = 'orders';

UPDATE field_overrides SET field = 'sale_id' WHERE resource = 'order_lines' AND field = 'order_id';

CREATE INDEX "products_created_by_idx" ON "products" (tenant_id, created_by, id);

CREATE INDEX "products_brand_id_idx" ON "products" (tenant_id, "brand_id");

CREATE INDEX "products_group_id_idx" ON "products" (tenant_id, "group_id");

CREATE INDEX "products_supplier_id_idx" ON "products" (tenant_id, "supplier_id");

CREATE INDEX "sales_created_by_idx" ON "sales" (tenant_id, created_by, id);

CREATE INDEX "order_lines_created_by_idx" ON "order_lines" (tenant_id, created_by, id);

CREATE INDEX "order_lines_sale_id_idx" ON "order_lines" (tenant_id, "sale_id");

CREATE INDEX "order_lines_product_id_idx" ON "order_lines" (tenant_id, "product_id");

CREATE TRIGGER "products_brand_id_set_null" BEFORE DELETE ON "brands" BEGIN
    UPDATE "products" SET "brand_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "brand_id" = OLD.id;
END;

CREATE TRIGGER "products_group_id_set_null" BEFORE DELETE ON "categories" BEGIN
    UPDATE "products" SET "group_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "group_id" = OLD.id;
END;

DELETE FROM role_permissions WHERE substr(permission, 1, 6) = 'sales:';

UPDATE role_permissions SET permission = 'sales:' || substr(permission, 8)
WHERE substr(permission, 1, 7) = 'orders:';
