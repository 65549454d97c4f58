-- Chain: a change of its tables, for SQLite.
--
-- A table that changes is written anew and takes its old name: that takes its room on disk
-- once more, and nobody else writes until the migration ends.
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
    || ', value ' || substr(checked."supplier_id", 1, 80)
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

-- check: suppliers is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('suppliers')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'name', 'external')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'suppliers' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('suppliers_created_by_idx', 'brands_owner_id_set_null')
LIMIT 6;

-- check: brands is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('brands')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'name', 'owner_id')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'brands' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('brands_created_by_idx', 'brands_owner_id_idx')
LIMIT 6;

-- check: sales is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('sales')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'number', 'placed_at', 'remark')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'sales' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('sales_created_by_idx')
LIMIT 6;

-- check: products is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('products')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'title', 'currency', 'tax', 'limited', 'seen_at', 'season', 'batch', 'rank', 'launch', 'article', 'price', 'weight', 'stock', 'state', 'size', 'color', 'featured', 'released', 'checked_at', 'code', 'details', 'contact', 'homepage', 'group_id', 'supplier_id')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'products' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('products_created_by_idx', 'products_group_id_idx', 'order_lines_product_id_set_null')
LIMIT 6;

-- check: order_lines is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('order_lines')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'sale_id', 'product_id', 'quantity')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'order_lines' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('order_lines_created_by_idx', 'order_lines_product_id_idx')
LIMIT 6;

DROP TRIGGER "suppliers_external_set_null";

DROP TRIGGER "brands_owner_id_set_null";

DROP TRIGGER "order_lines_product_id_set_null";

CREATE TABLE "gatewright_new_vendors" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "name" TEXT NOT NULL,
    "external" TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "vendors_external_unique" UNIQUE (tenant_id, "external"),
    CONSTRAINT "vendors_external_fkey" FOREIGN KEY (tenant_id, "external")
        REFERENCES "categories" (tenant_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_vendors" (tenant_id, id, version, created_at, updated_at, created_by, "name", "external")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "name", "external"
FROM "suppliers";

CREATE TABLE "gatewright_new_brands" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "name" TEXT NOT NULL,
    "owner_id" TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "brands_name_unique" UNIQUE (tenant_id, "name"),
    CONSTRAINT "brands_owner_id_fkey" FOREIGN KEY (tenant_id, "owner_id")
        REFERENCES "vendors" (tenant_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_brands" (tenant_id, id, version, created_at, updated_at, created_by, "name", "owner_id")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "name", "owner_id"
FROM "brands";

CREATE TABLE "gatewright_new_purchases" (
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
    CONSTRAINT "purchases_number_unique" UNIQUE (tenant_id, "number")
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_purchases" (tenant_id, id, version, created_at, updated_at, created_by, "number", "placed_at", "remark")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "number", "placed_at", "remark"
FROM "sales";

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
    "article_number" TEXT NOT NULL,
    "price" INTEGER NOT NULL,
    "weight" TEXT,
    "stock" INTEGER NOT NULL,
    "phase" TEXT NOT NULL CHECK ("phase" IN ('draft', 'active', 'archived', 'gone')),
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
    "vendor_id" TEXT NOT NULL,
    "best_offer_id" TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "products_title_unique" UNIQUE (tenant_id, "title"),
    CONSTRAINT "products_group_id_fkey" FOREIGN KEY (tenant_id, "group_id")
        REFERENCES "categories" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "products_vendor_id_fkey" FOREIGN KEY (tenant_id, "vendor_id")
        REFERENCES "vendors" (tenant_id, id),
    CONSTRAINT "products_best_offer_id_fkey" FOREIGN KEY (tenant_id, "best_offer_id")
        REFERENCES "offers" (tenant_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_products" (tenant_id, id, version, created_at, updated_at, created_by, "title", "currency", "tax", "limited", "seen_at", "season", "batch", "rank", "launch", "article_number", "price", "weight", "stock", "phase", "size", "color", "featured", "released", "checked_at", "code", "details", "contact", "homepage", "group_id", "vendor_id")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "title", "currency", "tax", "limited", "seen_at", "season", "batch", "rank", "launch", coalesce("article", 'none'), "price", "weight", "stock", "state", "size", "color", "featured", "released", "checked_at", "code", "details", "contact", "homepage", "group_id", "supplier_id"
FROM "products";

CREATE TABLE "gatewright_new_purchase_lines" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "purchase_id" TEXT NOT NULL,
    "product_id" TEXT,
    "quantity" INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "purchase_lines_purchase_id_fkey" FOREIGN KEY (tenant_id, "purchase_id")
        REFERENCES "purchases" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "purchase_lines_product_id_fkey" FOREIGN KEY (tenant_id, "product_id")
        REFERENCES "products" (tenant_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_purchase_lines" (tenant_id, id, version, created_at, updated_at, created_by, "purchase_id", "product_id", "quantity")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "sale_id", "product_id", "quantity"
FROM "order_lines";

DROP TABLE "suppliers";

DROP TABLE "brands";

DROP TABLE "sales";

DROP TABLE "products";

DROP TABLE "order_lines";

ALTER TABLE "gatewright_new_vendors" RENAME TO "vendors";

ALTER TABLE "gatewright_new_brands" RENAME TO "brands";

ALTER TABLE "gatewright_new_purchases" RENAME TO "purchases";

ALTER TABLE "gatewright_new_products" RENAME TO "products";

ALTER TABLE "gatewright_new_purchase_lines" RENAME TO "purchase_lines";

CREATE TABLE "offers" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "product_id" TEXT NOT NULL,
    "price" INTEGER NOT NULL,
    "phase" TEXT NOT NULL CHECK ("phase" IN ('open', 'closed')),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "offers_product_id_fkey" FOREIGN KEY (tenant_id, "product_id")
        REFERENCES "products" (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "offers_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "offers_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "offers_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "offers_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "offers" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "offers_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "gatewright_new_vendors_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "vendors_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "vendors_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "vendors_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "vendors" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "vendors_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_vendors_custom_values" (tenant_id, record_id, field_id, text_value, number_value, unique_value)
SELECT tenant_id, record_id, field_id, text_value, number_value, unique_value
FROM "suppliers_custom_values";

DROP TABLE "suppliers_custom_values";

ALTER TABLE "gatewright_new_vendors_custom_values" RENAME TO "vendors_custom_values";

CREATE TABLE "gatewright_new_purchases_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "purchases_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "purchases_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "purchases_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "purchases" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "purchases_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_purchases_custom_values" (tenant_id, record_id, field_id, text_value, number_value, unique_value)
SELECT tenant_id, record_id, field_id, text_value, number_value, unique_value
FROM "sales_custom_values";

DROP TABLE "sales_custom_values";

ALTER TABLE "gatewright_new_purchases_custom_values" RENAME TO "purchases_custom_values";

CREATE TABLE "gatewright_new_purchase_lines_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "purchase_lines_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "purchase_lines_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "purchase_lines_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "purchase_lines" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "purchase_lines_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_purchase_lines_custom_values" (tenant_id, record_id, field_id, text_value, number_value, unique_value)
SELECT tenant_id, record_id, field_id, text_value, number_value, unique_value
FROM "order_lines_custom_values";

DROP TABLE "order_lines_custom_values";

ALTER TABLE "gatewright_new_purchase_lines_custom_values" RENAME TO "purchase_lines_custom_values";

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

CREATE INDEX "vendors_created_by_idx" ON "vendors" (tenant_id, created_by, id);

CREATE INDEX "brands_created_by_idx" ON "brands" (tenant_id, created_by, id);

CREATE INDEX "brands_owner_id_idx" ON "brands" (tenant_id, "owner_id");

CREATE INDEX "purchases_created_by_idx" ON "purchases" (tenant_id, created_by, id);

CREATE INDEX "products_created_by_idx" ON "products" (tenant_id, created_by, id);

CREATE INDEX "products_group_id_idx" ON "products" (tenant_id, "group_id");

CREATE INDEX "products_vendor_id_idx" ON "products" (tenant_id, "vendor_id");

CREATE INDEX "products_best_offer_id_idx" ON "products" (tenant_id, "best_offer_id");

CREATE INDEX "purchase_lines_created_by_idx" ON "purchase_lines" (tenant_id, created_by, id);

CREATE INDEX "purchase_lines_purchase_id_idx" ON "purchase_lines" (tenant_id, "purchase_id");

CREATE INDEX "purchase_lines_product_id_idx" ON "purchase_lines" (tenant_id, "product_id");

CREATE INDEX "offers_created_by_idx" ON "offers" (tenant_id, created_by, id);

CREATE INDEX "offers_product_id_idx" ON "offers" (tenant_id, "product_id");

CREATE TRIGGER "vendors_external_set_null" BEFORE DELETE ON "categories" BEGIN
    UPDATE "vendors" SET "external" = NULL
    WHERE tenant_id = OLD.tenant_id AND "external" = OLD.id;
END;

CREATE TRIGGER "brands_owner_id_set_null" BEFORE DELETE ON "vendors" BEGIN
    UPDATE "brands" SET "owner_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "owner_id" = OLD.id;
END;

CREATE TRIGGER "products_best_offer_id_set_null" BEFORE DELETE ON "offers" BEGIN
    UPDATE "products" SET "best_offer_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "best_offer_id" = OLD.id;
END;

CREATE TRIGGER "purchase_lines_product_id_set_null" BEFORE DELETE ON "products" BEGIN
    UPDATE "purchase_lines" SET "product_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "product_id" = OLD.id;
END;

DELETE FROM role_permissions WHERE substr(permission, 1, 8) = 'vendors:';

UPDATE role_permissions SET permission = 'vendors:' || substr(permission, 11)
WHERE substr(permission, 1, 10) = 'suppliers:';

DELETE FROM role_permissions WHERE substr(permission, 1, 10) = 'purchases:';

UPDATE role_permissions SET permission = 'purchases:' || substr(permission, 7)
WHERE substr(permission, 1, 6) = 'sales:';

DELETE FROM role_permissions WHERE substr(permission, 1, 15) = 'purchase_lines:';

UPDATE role_permissions SET permission = 'purchase_lines:' || substr(permission, 13)
WHERE substr(permission, 1, 12) = 'order_lines:';
