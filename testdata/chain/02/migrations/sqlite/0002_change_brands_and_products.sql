-- Chain: a change of its tables, for SQLite.
--
-- A table that changes is written anew and takes its old name: that takes its room on disk
-- once more, and nobody else writes until the migration ends.
--
-- * brands is new
-- * products.brand_id is new (reference to brands)
-- * products.currency is new (enum); records that exist get its default
-- * products.tax is new (decimal of 5 digits, 2 after the point); records that exist get its default
-- * products.origin is new (string); records that exist get its default
-- * products.limited is new (boolean); records that exist get its default
-- * products.seen_at is new (timestamp); records that exist get its default
-- * products.season is new (date); records that exist get its default
-- * products.batch is new (uuid); records that exist get its default
-- * products.rank is new (integer); records that exist get its default
-- * products.launch is new (timestamp)

-- check: products gets fields whose names tenants have given to fields of their own: choose other names, or have the tenants remove theirs
SELECT 'custom field ' || checked.name || ' of tenant ' || tenants.slug || ', one of '
    || CAST(count(*) OVER (PARTITION BY checked.name) AS text) || ' that have it'
FROM custom_fields AS checked JOIN tenants ON tenants.id = checked.tenant_id
WHERE checked.resource = 'products' AND checked.name IN ('brand_id', 'currency', 'tax', 'origin', 'limited', 'seen_at', 'season', 'batch', 'rank', 'launch')
ORDER BY checked.name, tenants.slug LIMIT 6;

-- check: products is made anew, and would lose what the schema does not know: drop that before this check, and add it again at the migration's end
SELECT 'column ' || name FROM pragma_table_xinfo('products')
WHERE name NOT IN ('tenant_id', 'id', 'version', 'created_at', 'updated_at', 'created_by', 'name', 'sku', 'price', 'weight', 'stock', 'status', 'size', 'color', 'featured', 'released', 'checked_at', 'code', 'details', 'contact', 'homepage', 'category_id', 'supplier_id')
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = 'products' COLLATE NOCASE AND sql IS NOT NULL
    AND name NOT IN ('products_created_by_idx', 'products_category_id_idx', 'products_supplier_id_idx')
LIMIT 6;

DROP TRIGGER "products_category_id_set_null";

CREATE TABLE "gatewright_new_products" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "name" TEXT NOT NULL,
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
    "sku" TEXT NOT NULL,
    "price" INTEGER NOT NULL,
    "weight" INTEGER,
    "stock" INTEGER NOT NULL,
    "status" TEXT NOT NULL CHECK ("status" IN ('draft', 'active', 'archived')),
    "size" TEXT CHECK ("size" IN ('s', 'm', 'l')),
    "color" TEXT,
    "featured" INTEGER NOT NULL CHECK ("featured" IN (0, 1)),
    "released" TEXT,
    "checked_at" TEXT NOT NULL,
    "code" TEXT,
    "details" TEXT,
    "contact" TEXT,
    "homepage" TEXT,
    "category_id" TEXT,
    "supplier_id" TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "products_sku_unique" UNIQUE (tenant_id, "sku"),
    CONSTRAINT "products_brand_id_fkey" FOREIGN KEY (tenant_id, "brand_id")
        REFERENCES "brands" (tenant_id, id),
    CONSTRAINT "products_category_id_fkey" FOREIGN KEY (tenant_id, "category_id")
        REFERENCES "categories" (tenant_id, id),
    CONSTRAINT "products_supplier_id_fkey" FOREIGN KEY (tenant_id, "supplier_id")
        REFERENCES "suppliers" (tenant_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO "gatewright_new_products" (tenant_id, id, version, created_at, updated_at, created_by, "name", "currency", "tax", "origin", "limited", "seen_at", "season", "batch", "rank", "sku", "price", "weight", "stock", "status", "size", "color", "featured", "released", "checked_at", "code", "details", "contact", "homepage", "category_id", "supplier_id")
SELECT tenant_id, id, version, created_at, updated_at, created_by, "name", 'eur', 1900, 'Côte d''Ivoire', 1, '2026-01-02T03:04:05.000000Z', '2026-03-01', '0190b3c2-5f2e-7c3a-9d41-5a1f0e6b8c27', -7, "sku", "price", "weight", "stock", "status", "size", "color", "featured", "released", "checked_at", "code", "details", "contact", "homepage", "category_id", "supplier_id"
FROM "products";

DROP TABLE "products";

ALTER TABLE "gatewright_new_products" RENAME TO "products";

CREATE TABLE "brands" (
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
        REFERENCES "suppliers" (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE "brands_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "brands_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "brands_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "brands_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "brands" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "brands_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX "products_created_by_idx" ON "products" (tenant_id, created_by, id);

CREATE INDEX "products_brand_id_idx" ON "products" (tenant_id, "brand_id");

CREATE INDEX "products_category_id_idx" ON "products" (tenant_id, "category_id");

CREATE INDEX "products_supplier_id_idx" ON "products" (tenant_id, "supplier_id");

CREATE INDEX "brands_created_by_idx" ON "brands" (tenant_id, created_by, id);

CREATE INDEX "brands_owner_id_idx" ON "brands" (tenant_id, "owner_id");

CREATE TRIGGER "products_brand_id_set_null" BEFORE DELETE ON "brands" BEGIN
    UPDATE "products" SET "brand_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "brand_id" = OLD.id;
END;

CREATE TRIGGER "products_category_id_set_null" BEFORE DELETE ON "categories" BEGIN
    UPDATE "products" SET "category_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "category_id" = OLD.id;
END;

CREATE TRIGGER "brands_owner_id_set_null" BEFORE DELETE ON "suppliers" BEGIN
    UPDATE "brands" SET "owner_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "owner_id" = OLD.id;
END;
