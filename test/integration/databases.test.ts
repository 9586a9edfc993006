import { afterAll, beforeAll, describe } from "vitest";
import { testCassandra } from "./databases/cassandra";
import { testChangedTenantFile } from "./databases/changed-tenant-file";
import { testConnections } from "./databases/connections";
import { DatabaseBed } from "./databases/database-bed";
import { testDeployedInstance } from "./databases/deployed-instance";
import { testHookedDatabases } from "./databases/hooked";
import { testKeyValue, testRemovedMounts } from "./databases/key-value";
import { testLogins } from "./databases/logins";
import { testMariadb } from "./databases/mariadb";
import { testPostgresql } from "./databases/postgresql";
import { testRoles } from "./databases/roles";

// One tenant, which each part uses further: a lab of its own for each would deploy everything again.
const bed = new DatabaseBed();
beforeAll(() => bed.start());
afterAll(() => bed.stop());

describe("a deployed tenant", () => {
  testDeployedInstance(bed);
  testLogins(bed);
  testPostgresql(bed);
  testMariadb(bed);
  testRoles(bed);
  testConnections(bed);
  testKeyValue(bed);
});

describe("databases whose passwords the hook writes", () => testHookedDatabases(() => bed.hooked));

describe("Cassandra", () => testCassandra(bed));

describe("a changed tenant file", () => testChangedTenantFile(bed));

describe("a mount of secrets that is taken out or renamed", () => testRemovedMounts(bed));
