import { checkRootRotation } from "../../constructs/dynamic-db/database";
import { checkKeyspace } from "../../constructs/dynamic-db/cassandra";
import { checkHost, checkHosts } from "../../constructs/dynamic-db/database-address";
import type { CassandraProps, InfluxdbProps, RedisProps } from "../../constructs/dynamic-db/hooked-database-props";
import { checkKeys } from "../../constructs/dynamic-db/redis";
import { checkRoleStatements } from "../../constructs/dynamic-db/role-statements";
import { choice, list, name, only, validatedBy } from "../builders";
import { shape, type InFile } from "../in-file";
import { everywhere, usernameTemplate, type NamedDatabase } from "./database-fields";

/** A Redis or Valkey server, and the roles for which credentials are created on it. */
export interface RedisDatabaseSpec extends InFile<RedisProps>, NamedDatabase {
  /**
   * Engine of the server.
   *
   * @changes not changeable: remove the database, and add the other server under another name
   */
  readonly engine: "redis" | "valkey";
}

/** A Cassandra cluster, and the roles for which credentials are created on it. */
export interface CassandraDatabaseSpec extends InFile<CassandraProps>, NamedDatabase {
  /**
   * Engine of the server.
   *
   * @changes not changeable: remove the database, and add the other server under another name
   */
  readonly engine: "cassandra";
}

/** An InfluxDB 1 server, and the roles for which credentials are created on it. */
export interface InfluxdbDatabaseSpec extends InFile<InfluxdbProps>, NamedDatabase {
  /**
   * Engine of the server.
   *
   * @changes not changeable: remove the database, and add the other server under another name
   */
  readonly engine: "influxdb";
}

/** The schema of a Redis or Valkey server. */
export const redis = validatedBy(
  shape<RedisDatabaseSpec>()({
    ...everywhere,
    engine: choice("redis", "valkey"),
    host: validatedBy(name("redis.customer10.internal"), checkHost),
    caCertificateFile: name("certificates/redis.pem"),
    keys: validatedBy(list(name("orders:*"), '"orders:*"'), checkKeys).optional(),
  }),
  (spec) => {
    checkRootRotation(spec);
    checkRoleStatements(spec.engine, spec);
  },
);

const cassandraHost = validatedBy(name("cassandra.customer10.internal"), checkHost);

/** The schema of a Cassandra cluster. */
export const cassandra = validatedBy(
  shape<CassandraDatabaseSpec>()({
    ...everywhere,
    usernameTemplate,
    engine: only("cassandra"),
    host: cassandraHost,
    failoverHosts: list(cassandraHost, '"cassandra-2.customer10.internal"').optional(),
    keyspace: validatedBy(name("orders"), checkKeyspace),
    caCertificateFile: name("certificates/cassandra.pem"),
    tlsServerName: name("cassandra.customer10.internal").optional(),
  }),
  (spec) => {
    checkHosts(spec);
    checkRootRotation(spec);
    checkRoleStatements("cassandra", spec);
  },
);

/** The schema of an InfluxDB server. */
export const influxdb = validatedBy(
  shape<InfluxdbDatabaseSpec>()({
    ...everywhere,
    usernameTemplate,
    engine: only("influxdb"),
    host: validatedBy(name("influxdb.customer10.internal"), checkHost),
    database: name("orders"),
  }),
  (spec) => {
    checkRootRotation(spec);
    checkRoleStatements("influxdb", spec);
  },
);
