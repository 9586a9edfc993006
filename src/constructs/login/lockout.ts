import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { jsonencode } from "../../terraform/literal-text";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { GenericEndpoint } from "../../terraform/providers/vault";

/**
 * When failed logins lock a user, or a role ID, out.
 *
 * @changes in place: who is locked out stays so for the former duration; removed, the former limits stay
 */
export interface LoginLockout {
  /**
   * Number of failed logins after which further ones are refused, the right one too.
   *
   * @default 5
   */
  readonly threshold?: number;
  /**
   * Time for which logins are refused then.
   *
   * @default - 15 minutes
   */
  readonly duration?: Duration;
  /**
   * Time without a failed login after which counting starts again.
   *
   * @default - 15 minutes
   */
  readonly counterReset?: Duration;
  /**
   * Whether failed logins are never counted, so that passwords can be guessed without end.
   *
   * @default - false
   */
  readonly disabled?: true;
}

const DEFAULTS = { threshold: 5, duration: Duration.minutes(15), counterReset: Duration.minutes(15) };

/** The lockout of a login method's mount. A server fills no gaps, so each setting is written. */
export class Lockout extends Construct {
  constructor(scope: Construct, mount: string, lockout: LoginLockout, provider: TerraformProvider | undefined) {
    super(scope, "Lockout");
    checkLockout(lockout, this);
    const { threshold, duration, counterReset, disabled = false } = { ...DEFAULTS, ...lockout };
    new GenericEndpoint(this, "Resource", {
      path: `sys/auth/${mount}/tune`,
      dataJson: jsonencode({
        user_lockout_config: {
          lockout_threshold: String(threshold),
          lockout_duration: `${duration.toSeconds()}s`,
          lockout_counter_reset_duration: `${counterReset.toSeconds()}s`,
          lockout_disable: disabled,
        },
        // The server ignores these, and answers with them: so a plan shows what somebody else has changed.
        user_lockout_threshold: threshold,
        user_lockout_duration: duration.toSeconds(),
        user_lockout_counter_reset_duration: counterReset.toSeconds(),
        user_lockout_disable: disabled,
      }),
      ignoreAbsentFields: true,
      disableDelete: true,
      provider,
    });
  }
}

/** @throws ValidationError if nobody could log in, or a setting has no effect. */
export function checkLockout(lockout: LoginLockout, scope?: Construct): void {
  checkDurations(lockout, ["duration", "counterReset"], scope);
  const { threshold = DEFAULTS.threshold, disabled, ...others } = lockout;
  if (!Number.isSafeInteger(threshold) || threshold < 1)
    throw failure(
      `A lockout after ${String(threshold)} failed logins is not possible; write a whole number from 1, or disabled: true.`,
      scope,
    );
  const isSet = [lockout.threshold, ...Object.values(others)].some((value) => value !== undefined);
  if (disabled === true && isSet)
    throw failure("The lockout is disabled, so its other settings do nothing; remove them, or disabled.", scope);
}

function failure(message: string, scope?: Construct): ValidationError {
  return new ValidationError("login-lockout", message, scope);
}
