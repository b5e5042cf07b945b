-- The account Gatehouse works with day by day. Run as the owner of the tables after every `manage.py migrate`; safe to
-- repeat. It may read and write what people work on; of the evidence it may only add. The owner's account could switch
-- triggers off, so it is used for migrations and for nothing else.
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'gatehouse_app') THEN
        CREATE ROLE gatehouse_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
END
$$;
GRANT USAGE ON SCHEMA public TO gatehouse_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO gatehouse_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO gatehouse_app;
-- The chain: add and read. The head is one row that moves with it.
REVOKE UPDATE, DELETE ON audit_entry, audit_seal FROM gatehouse_app;
REVOKE DELETE ON audit_head FROM gatehouse_app;
-- Which migrations have run is for the owner to say.
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM gatehouse_app;
