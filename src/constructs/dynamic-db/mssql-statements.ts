/** Statements that create a login which reads the tables of the schema dbo, also those that are created later. */
export const MSSQL_READONLY: readonly string[] = [
  "CREATE LOGIN [{{name}}] WITH PASSWORD = '{{password}}'",
  "CREATE USER [{{name}}] FOR LOGIN [{{name}}]",
  "GRANT SELECT ON SCHEMA::dbo TO [{{name}}]",
];
