import { Agent } from "node:https";
import { HttpsProxyAgent } from "https-proxy-agent";
import WebSocket from "ws";
import { authorization, LIMIT, TIMEOUT, tlsOptions } from "./client";
import type { Kubeconfig } from "./kubeconfig";

/** Subprotocol of a port-forward; https://kubernetes.io/docs/reference/using-api/websockets/ */
const PORT_FORWARD = "v4.channel.k8s.io";

/** Opens a stream to a port of a pod. */
export function openPortForward(kubeconfig: Kubeconfig, namespace: string, pod: string, port: number): WebSocket {
  const { server, proxyUrl } = kubeconfig;
  const tls = tlsOptions(kubeconfig);
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/portforward?ports=${port}`;
  return new WebSocket(`${server.replace(/^http/, "ws")}${path}`, PORT_FORWARD, {
    ...tls,
    headers: authorization(kubeconfig),
    handshakeTimeout: TIMEOUT,
    maxPayload: LIMIT,
    followRedirects: false,
    ...(server.startsWith("https:")
      ? { agent: proxyUrl === undefined ? new Agent(tls) : new HttpsProxyAgent(proxyUrl, tls) }
      : {}),
  });
}
