-- Chain: a change of its tables, for PostgreSQL.
--
-- A table that is altered is locked until the migration ends: for a moment where names, new
-- columns or nothing but nulls are concerned; for as long as it takes to read or rewrite it
-- where a type, a constraint, an index or filled-in values are.
--
-- * products.title: was name
-- * products.article: was sku
-- * products.state: was status
-- * products.group_id: was category_id
-- * orders is renamed to sales; roles that tenants have made hold sales:… in place of orders:…
-- * order_lines.sale_id: was order_id

-- No tenant adds a field of its own meanwhile.
LOCK TABLE custom_fields IN SHARE ROW EXCLUSIVE MODE;

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

ALTER TABLE "products" RENAME COLUMN "name" TO "title";

ALTER TABLE "products" RENAME COLUMN "sku" TO "article";

ALTER TABLE "products" RENAME COLUMN "status" TO "state";

ALTER TABLE "products" RENAME COLUMN "category_id" TO "group_id";

ALTER TABLE "products" RENAME CONSTRAINT "products_sku_unique" TO "products_article_unique";

ALTER TABLE "products" RENAME CONSTRAINT "products_status_check" TO "products_state_check";

ALTER TABLE "products" RENAME CONSTRAINT "products_category_id_fkey" TO "products_group_id_fkey";

ALTER INDEX "products_category_id_idx" RENAME TO "products_group_id_idx";

ALTER TABLE "orders" RENAME TO "sales";

ALTER TABLE "sales" RENAME CONSTRAINT "orders_pkey" TO "sales_pkey";

ALTER TABLE "sales" RENAME CONSTRAINT "orders_tenant_id_fkey" TO "sales_tenant_id_fkey";

ALTER INDEX "orders_created_by_idx" RENAME TO "sales_created_by_idx";

ALTER TABLE "sales" RENAME CONSTRAINT "orders_number_unique" TO "sales_number_unique";

ALTER TABLE "orders_custom_values" RENAME TO "sales_custom_values";

ALTER TABLE "sales_custom_values" RENAME CONSTRAINT "orders_custom_values_row_pkey" TO "sales_custom_values_row_pkey";

ALTER TABLE "sales_custom_values" RENAME CONSTRAINT "orders_custom_values_value_unique" TO "sales_custom_values_value_unique";

ALTER TABLE "sales_custom_values" RENAME CONSTRAINT "orders_custom_values_record_fkey" TO "sales_custom_values_record_fkey";

ALTER TABLE "sales_custom_values" RENAME CONSTRAINT "orders_custom_values_field_fkey" TO "sales_custom_values_field_fkey";

ALTER TABLE "order_lines" RENAME COLUMN "order_id" TO "sale_id";

ALTER TABLE "order_lines" RENAME CONSTRAINT "order_lines_order_id_fkey" TO "order_lines_sale_id_fkey";

ALTER INDEX "order_lines_order_id_idx" RENAME TO "order_lines_sale_id_idx";

UPDATE field_overrides SET field = 'title' WHERE resource = 'products' AND field = 'name';

UPDATE field_overrides SET field = 'article' WHERE resource = 'products' AND field = 'sku';

UPDATE field_overrides SET field = 'state' WHERE resource = 'products' AND field = 'status';

UPDATE field_overrides SET field = 'group_id' WHERE resource = 'products' AND field = 'category_id';

UPDATE custom_fields SET resource = 'sales' WHERE resource = 'orders';

UPDATE field_overrides SET resource = 'sales' WHERE resource = 'orders';

UPDATE field_overrides SET field = 'sale_id' WHERE resource = 'order_lines' AND field = 'order_id';

DELETE FROM role_permissions WHERE substr(permission, 1, 6) = 'sales:';

UPDATE role_permissions SET permission = 'sales:' || substr(permission, 8)
WHERE substr(permission, 1, 7) = 'orders:';
