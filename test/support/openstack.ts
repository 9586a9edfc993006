import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { OpenStack } from "../../src/operations/preflight/openstack";

/** Status and body, by the path of a request. A path may include a query. */
export type Answers = Readonly<Record<string, readonly [number, object]>>;

/** The services of OpenStack on one loopback port, as far as they are asked. */
export class FakeOpenStack {
  /** Paths of the requests, with their queries. */
  readonly asked: string[] = [];

  private constructor(private readonly server: Server) {}

  static async start(answers: (address: string) => Answers): Promise<FakeOpenStack> {
    const server = createServer((incoming, response) => {
      const url = incoming.url ?? "";
      cloud.asked.push(url);
      const found = answers(cloud.address);
      const [status, body] = found[url] ?? found[new URL(url, cloud.address).pathname] ?? [404, {}];
      response
        .writeHead(status, { "content-type": "application/json", "x-subject-token": "t" })
        .end(JSON.stringify(body));
    });
    const cloud = new FakeOpenStack(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return cloud;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Keystone's answer to a login, with the address of each service by its type. */
export function login(services: Readonly<Record<string, string>>, region = "one"): object {
  return {
    token: {
      project: { id: "p" },
      catalog: Object.entries(services).map(([type, url]) => ({
        type,
        endpoints: [{ interface: "public", region_id: region, url }],
      })),
    },
  };
}

/** A cloud without limits that has what CLUSTER names. */
export const CLOUD: OpenStack = {
  networks: () => Promise.resolve([]),
  hasServer: () => Promise.resolve(false),
  hasImage: (name) => Promise.resolve(name === "Ubuntu"),
  hasKeyPair: (name) => Promise.resolve(name === "operator"),
  flavors: () => Promise.resolve([{ id: "3", name: "m1.large", vcpus: 4, ram: 8192 }]),
  volumeTypes: () => Promise.resolve(["ssd"]),
  routes: () => Promise.resolve([]),
  free: () => Promise.resolve({}),
  freeVolumes: () => Promise.resolve({}),
};

const MACHINE = { flavor_id: "${data.openstack_compute_flavor_v2.f.id}" };

/** Two machines of which everything is named, and a volume. */
export const CLUSTER = {
  name: "customer10-cluster",
  json: {
    data: {
      openstack_compute_flavor_v2: { f: { name: "m1.large" } },
      openstack_images_image_ids_v2: { i: { name: "Ubuntu" } },
      openstack_compute_keypair_v2: { k: { name: "operator" } },
    },
    resource: {
      openstack_compute_instance_v2: {
        one: { ...MACHINE, name: "customer10-worker-0" },
        two: { ...MACHINE, name: "customer10-worker-1" },
      },
      openstack_blockstorage_volume_v3: { v: { size: 20, volume_type: "ssd" } },
    },
  },
};
