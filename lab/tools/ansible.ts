import { join } from "node:path";
import { run } from "../run";
import { cachedFolder } from "./cache";
import { requireProgram } from "./path";

/** A release of Ansible that Kubespray 2.32.0 supports (2.19), with its dependencies; https://github.com/kubernetes-sigs/kubespray/issues/13430 */
const PACKAGES = [
  "ansible-core==2.19.14",
  "cffi==2.1.1",
  "cryptography==50.0.2",
  "jinja2==3.1.6",
  "markupsafe==3.0.4",
  "packaging==26.3",
  "pycparser==3.12",
  "pyyaml==6.0.3",
  "resolvelib==1.0.1",
];

/** Obtains Ansible with pip. @returns Environment variables for programs that run it. */
export async function obtainAnsible(): Promise<{ readonly PATH: string; readonly PYTHONPATH: string }> {
  const python = requireProgram(
    "python3",
    "Ansible cannot be obtained without pip; install Python 3.11 or later with pip.",
  );
  const folder = await cachedFolder("ansible-2.19.14", async (unfinished) => {
    const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"];
    await run(python, ["-m", "pip", "install", ...options, "--target", unfinished, ...PACKAGES]);
  });
  return { PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}`, PYTHONPATH: folder };
}
