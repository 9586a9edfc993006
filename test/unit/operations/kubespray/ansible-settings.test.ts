import { expect, test } from "vitest";
import {
  ansibleVariables,
  hasRefusedHostKey,
  sshArgs,
  sshConfig,
} from "../../../../src/operations/kubespray/ansible-settings";

test("O2: host keys are checked whatever Kubespray's ansible.cfg says, first contact excepted", () => {
  expect(ansibleVariables("/f")).toMatchObject({
    ANSIBLE_HOST_KEY_CHECKING: "True",
    ANSIBLE_SSH_HOST_KEY_CHECKING: "True",
  });
  expect(sshArgs("/f")).toMatch(/-o StrictHostKeyChecking=accept-new -o 'UserKnownHostsFile="\/f\/known_hosts"'/);
});

test("O2: the same rules come first in the file, which a jump host reads alone", () => {
  expect(sshConfig("/a folder").split("\n")).toEqual([
    "Host *",
    "  StrictHostKeyChecking accept-new",
    '  UserKnownHostsFile "/a folder/known_hosts"',
    "Include ~/.ssh/config",
    "",
  ]);
});

test("O2: tenants share neither cached facts nor open connections", () => {
  const [one, other] = [ansibleVariables("/customer10"), ansibleVariables("/customer11")];
  expect(one.ANSIBLE_CACHE_PLUGIN).toBe("memory");
  expect(one.ANSIBLE_SSH_CONTROL_PATH_DIR).toMatch(/^~\/\.ansible\/cp\/[0-9a-f]{8}$/);
  expect(one.ANSIBLE_SSH_CONTROL_PATH_DIR).not.toBe(other.ANSIBLE_SSH_CONTROL_PATH_DIR);
});

test("O2: a refused host key is told from a machine that does not answer", () => {
  expect(hasRefusedHostKey("@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n")).toBe(true);
  expect(hasRefusedHostKey("ssh: connect to host 20.0.0.10 port 22: Connection refused\n")).toBe(false);
});
