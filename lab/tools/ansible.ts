import { join } from "node:path";
import { run } from "../run";
import { cachedFolder } from "./cache";
import { requireProgram } from "./path";

/** A release that Kubespray 2.32.0 takes (2.19), and what it needs; https://github.com/kubernetes-sigs/kubespray/issues/13430 */
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

/** Obtains Ansible with pip. @returns What the environment of a program has to hold that runs it. */
export async function obtainAnsible(): Promise<{ readonly PATH: string; readonly PYTHONPATH: string }> {
  const python = requireProgram(
    "python3",
    "No Ansible: install Python 3.11 or later with pip, with which it is obtained.",
  );
  const folder = await cachedFolder("ansible-2.19.14", async (unfinished) => {
    const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"];
    await run(python, ["-m", "pip", "install", ...options, "--target", unfinished, ...PACKAGES]);
  });
  return { PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}`, PYTHONPATH: folder };
}
