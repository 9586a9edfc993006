import type { Construct } from "constructs";
import { isCronSchedule } from "../../core/cron";
import { ValidationError } from "../../core/errors";
import type { RaftSnapshotsProps } from "./raft-snapshots-props";

/** Longest name of a CronJob in Kubernetes. */
const LONGEST_NAME = 52;

/** Name of the CronJob of an instance. Neither part has two hyphens in a row, so no other instance has it. */
export function jobName(instance: string): string {
  return instance.replace("/", "--");
}

/** @throws ValidationError if a job would fail each time that it runs. */
export function checkSnapshots(props: RaftSnapshotsProps, scope: Construct): void {
  const { instances, recipients, schedule, target, endpoint, keep, keepDays, pruneCredentialsSecret } = props;
  const wrong = instances.find((instance) => !isInstance(instance));
  if (instances.length === 0 || wrong !== undefined || new Set(instances).size < instances.length) {
    const problem =
      wrong !== undefined ? `"${wrong}" cannot name a CronJob` : "The instances are none, or contain duplicates";
    throw new ValidationError(
      "snapshot-instances",
      `${problem}; write each instance once as <tenant>/<instance>, at most ${LONGEST_NAME - 1} of a-z, 0-9 and single -.`,
      scope,
    );
  }
  const recipient = recipients.findIndex((key) => !/^age1[02-9ac-hj-np-z1]{58,}$/.test(key));
  if (recipients.length === 0 || recipient >= 0) {
    // The text is not shown, because it may be a private key.
    throw new ValidationError(
      "snapshot-recipients",
      `${recipients.length === 0 ? "There is no recipient" : `Recipient ${recipient + 1} is not a valid public key of age`}; write keys that age-keygen prints, which begin with age1.`,
      scope,
    );
  }
  if (schedule !== undefined && !isCronSchedule(schedule)) {
    throw new ValidationError(
      "snapshot-schedule",
      `"${schedule}" is not a valid schedule; write the five fields of cron, such as "15 3 * * *".`,
      scope,
    );
  }
  if (!/^s3:\/\/[a-z0-9][a-z0-9.-]+(\/[A-Za-z0-9/_.-]*)?$/.test(target)) {
    throw new ValidationError(
      "snapshot-storage",
      `"${target}" does not outlive a pod; write s3://<bucket>/<prefix>.`,
      scope,
    );
  }
  if (endpoint !== undefined && !/^https:\/\/[^@\s]+$/.test(endpoint)) {
    throw new ValidationError(
      "snapshot-storage",
      "The endpoint of the storage is not reached by TLS; write an https address without a user in it.",
      scope,
    );
  }
  const counts = keep === undefined || (Number.isInteger(keep) && keep >= 1);
  const isAlone = keep === undefined && (keepDays !== undefined || pruneCredentialsSecret !== undefined);
  if (!counts || isAlone || !((keepDays ?? 0) >= 0)) {
    throw new ValidationError(
      "snapshot-retention",
      `keep ${keep} and keepDays ${keepDays} do not say which snapshots stay; write a whole number from 1 as keep, and days from 0.`,
      scope,
    );
  }
}

function isInstance(text: string): boolean {
  return /^[a-z0-9]+(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/.test(text) && jobName(text).length <= LONGEST_NAME;
}
