CREATE TABLE users (
    id         integer PRIMARY KEY,
    email      text NOT NULL UNIQUE,
    name       text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE products (
    id    integer PRIMARY KEY,
    name  text NOT NULL,
    price numeric(10, 2) NOT NULL,
    stock integer NOT NULL
);
CREATE TABLE orders (
    id         integer PRIMARY KEY,
    user_id    integer NOT NULL REFERENCES users (id),
    product_id integer NOT NULL REFERENCES products (id),
    quantity   integer NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE payments (
    id       integer PRIMARY KEY,
    order_id integer NOT NULL REFERENCES orders (id),
    amount   numeric(10, 2) NOT NULL,
    status   text NOT NULL
);

INSERT INTO users
SELECT n, format('user%s@example.com', n), format('User %s', n), timestamptz '2026-01-01 00:00:00+00' + n * interval '1 hour'
FROM generate_series(1, 500) AS n;

INSERT INTO products
SELECT n, format('Product %s', n), (n % 90) + 9.99, 1000 - n
FROM generate_series(1, 100) AS n;

INSERT INTO orders
SELECT n, (n % 500) + 1, (n % 100) + 1, (n % 3) + 1, timestamptz '2026-02-01 00:00:00+00' + n * interval '5 minutes'
FROM generate_series(1, 2000) AS n;

INSERT INTO payments
SELECT o.id, o.id, o.quantity * p.price, CASE WHEN o.id % 50 = 0 THEN 'declined' ELSE 'captured' END
FROM orders AS o JOIN products AS p ON p.id = o.product_id;
