import { checkNotKept } from "./central-secrets";
import { z } from "zod";
import { checkLockout, type LoginLockout } from "../constructs/login/lockout";
import { parseAnyCidr, parseCidr } from "../core/cidr";
import { DNS_LABEL } from "../core/dns-label";
import { Duration, type DurationText } from "../core/duration";
import { checkMountPath } from "../core/mount-path";
import { PLAIN_PATH } from "../core/path";
import { SecretRef, type SecretLocation } from "../core/secret-ref";
import { Size, type SizeText } from "../core/size";
import { parseServerAddress } from "../terraform/server-address";
import { distinct, map, name, only, parsedBy, text, validatedBy, whole } from "./builders";
import { shape, type InFile } from "./in-file";
import { absence, allowed } from "./messages";

export const label = text(
  DNS_LABEL,
  "DNS label",
  "a name of up to 63 characters a-z, 0-9 and -, beginning and ending with a letter or digit",
);

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export const labelKey = text(
  /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
  "label key",
  'up to 63 letters, digits, -, _ and ., optionally after a domain and /, such as "example.com/pool"',
);

export const labelValue = text(
  /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/,
  "label value",
  "up to 63 letters, digits, -, _ and ., beginning and ending with a letter or digit",
);

/** Keys and values of any text, such as annotations. */
export const texts = map(name("example.com/team"), z.string(allowed("text", "a text in quotes")));

/** A path of a mount or secret, without slashes at its ends. */
export const path = text(
  PLAIN_PATH,
  "path",
  'names with single slashes between them, without a slash at either end and without +, *, . or .., such as "kv/team"',
);

/** The path at which an engine is mounted. */
export const mountPath = validatedBy(path, (value) => checkMountPath(value));

export const address = validatedBy(
  z
    .string(allowed("address", 'https, host and port, such as "https://vault.example.com:8200"'))
    .meta({ title: "address" }),
  parseServerAddress,
);

export const duration = parsedBy(
  text<DurationText>(/^\d+[smhd]$/, "duration", 'a whole number and a unit (s, m, h, d), such as "72h"'),
  (value) => Duration.parse(value),
);

export const size = parsedBy(
  text<SizeText>(/^\d+(Gi|Ti)$/, "size", 'a whole number and Gi or Ti, such as "10Gi"'),
  (value) => Size.parse(value),
);

export const ipv4Cidr = parsedBy(
  z
    .string(allowed("IPv4 network", 'an address and a prefix length, such as "20.0.0.0/24"'))
    .meta({ title: "IPv4 network" }),
  (value) => parseCidr(value).toString(),
);

/** Where an API takes both families. */
export const cidr = parsedBy(
  z
    .string(allowed("IPv4 network or IPv6 network", 'an address and a prefix length, such as "20.0.0.0/24"'))
    .meta({ title: "IPv4 or IPv6 network" }),
  (value) => parseAnyCidr(value).toString(),
);

export const cidrs = distinct(cidr, '"20.0.0.0/24"');

export const ipv4 = z.ipv4(allowed("IPv4 address", 'an address such as "20.0.0.10"')).meta({ title: "IPv4 address" });

export const port = whole("port", 1, 65_535);

const LOCATION = '{ mount: "...", path: "...", field: "..." }';

/** A secret by its location in the central Vault. Messages never show what stands in its place. */
export const secretRef = parsedBy(
  shape<SecretLocation>()(
    {
      mount: path,
      path,
      field: name("password"),
      revision: whole("revision", 1).optional(),
    },
    (input) =>
      absence(input, LOCATION) ?? `is not the location of a secret; write ${LOCATION}, never the secret itself`,
  ).meta({ title: "location of a secret" }),
  (location) => checkNotKept(SecretRef.centralVault(location)),
);

/** When failed logins lock somebody out. */
export const lockout = validatedBy(
  shape<InFile<LoginLockout>>()({
    threshold: whole("number of failed logins", 1).optional(),
    duration: duration.optional(),
    counterReset: duration.optional(),
    disabled: only(true).optional(),
  }),
  (value) => checkLockout(value),
);

/** A URL with TLS; unlike an address it may have a path. */
export const httpsUrl = text(/^https:\/\/[^\s/@]+(\/\S*)?$/, "URL", 'an https URL, such as "https://kms.example.com"');
