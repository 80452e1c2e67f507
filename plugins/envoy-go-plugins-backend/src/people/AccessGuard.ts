import type {
  BackstageCredentials,
  PermissionsService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  type BasicPermission,
} from '@backstage/plugin-permission-common';
import {
  envoyGoPluginsAdministerPermission,
  envoyGoPluginsManagePermission,
  envoyGoPluginsParticipatePermission,
  envoyGoPluginsPublishPermission,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** Lets only those do something who may. */
export class AccessGuard {
  readonly #permissions: PermissionsService;
  readonly #userInfo: UserInfoService;
  readonly #adminTeam: string | undefined;

  constructor(options: {
    permissions: PermissionsService;
    userInfo: UserInfoService;
    /** Entity ref of the group whose members are the administrators, in lower case. */
    adminTeam: string | undefined;
  }) {
    this.#permissions = options.permissions;
    this.#userInfo = options.userInfo;
    this.#adminTeam = options.adminTeam;
  }

  /**
   * Lets members of the admin team pass. They need the permission, too; but where a portal
   * has permissions disabled, or a policy that allows everything, it does not suffice.
   *
   * @throws NotAllowedError that says what is missing
   */
  async administer(credentials: BackstageCredentials): Promise<void> {
    await this.#require(
      envoyGoPluginsAdministerPermission,
      credentials,
      'You may not administer Envoy Go Plugins',
    );
    if (this.#adminTeam === undefined) {
      throw new NotAllowedError(
        'Nobody administers Envoy Go Plugins: set "envoyGoPlugins.adminTeam" in the portal\'s configuration to the group whose members do, such as "group:default/admins"',
      );
    }
    const { ownershipEntityRefs } = await this.#userInfo.getUserInfo(
      credentials,
    );
    const isMember = ownershipEntityRefs.some(
      ref => ref.toLocaleLowerCase('en-US') === this.#adminTeam,
    );
    if (!isMember) {
      throw new NotAllowedError(
        `You may not administer Envoy Go Plugins: that is for the members of ${
          this.#adminTeam
        }. Whoever became one only now signs in anew`,
      );
    }
  }

  /**
   * Who somebody is to a published plugin. Owners need a permission, too; but it does not
   * suffice.
   *
   * @param owner - entity ref of the group or user that owns it
   * @returns `undefined` where they may do nothing with it
   */
  async roleIn(
    credentials: BackstageCredentials,
    owner: string,
  ): Promise<'administrator' | 'owner' | undefined> {
    try {
      await this.administer(credentials);
      return 'administrator';
    } catch (error) {
      if (!(error instanceof NotAllowedError)) {
        throw error;
      }
    }
    const [{ result }] = await this.#permissions.authorize(
      [{ permission: envoyGoPluginsManagePermission }],
      { credentials },
    );
    return result === AuthorizeResult.ALLOW &&
      (await this.isAmong(credentials, owner))
      ? 'owner'
      : undefined;
  }

  /**
   * Lets whoever may manage some plugin pass; which one, {@link roleIn} says.
   *
   * @throws NotAllowedError that says what is missing
   */
  async manage(credentials: BackstageCredentials): Promise<void> {
    const decisions = await this.#permissions.authorize(
      [
        { permission: envoyGoPluginsManagePermission },
        { permission: envoyGoPluginsAdministerPermission },
      ],
      { credentials },
    );
    if (decisions.every(({ result }) => result !== AuthorizeResult.ALLOW)) {
      throw new NotAllowedError(
        `You may not manage plugins: it needs the permission "${envoyGoPluginsManagePermission.name}", which the portal's administrators give`,
      );
    }
  }

  /** Whether somebody is a user or a member of a group. */
  async isAmong(
    credentials: BackstageCredentials,
    entityRef: string,
  ): Promise<boolean> {
    const { ownershipEntityRefs } = await this.#userInfo.getUserInfo(
      credentials,
    );
    return ownershipEntityRefs.some(
      ref =>
        ref.toLocaleLowerCase('en-US') === entityRef.toLocaleLowerCase('en-US'),
    );
  }

  /**
   * Lets whoever may do something in their own name pass.
   *
   * @throws NotAllowedError that says what is missing
   */
  async participate(credentials: BackstageCredentials): Promise<void> {
    await this.#require(
      envoyGoPluginsParticipatePermission,
      credentials,
      'You may only look',
    );
  }

  /**
   * Lets whoever may ask for the publication of a plugin pass.
   *
   * @throws NotAllowedError that says what is missing
   */
  async publish(credentials: BackstageCredentials): Promise<void> {
    await this.#require(
      envoyGoPluginsPublishPermission,
      credentials,
      'You may not publish plugins',
    );
  }

  async #require(
    permission: BasicPermission,
    credentials: BackstageCredentials,
    refusal: string,
  ): Promise<void> {
    const [decision] = await this.#permissions.authorize([{ permission }], {
      credentials,
    });
    if (decision.result !== AuthorizeResult.ALLOW) {
      throw new NotAllowedError(
        `${refusal}: it needs the permission "${permission.name}", which the portal's administrators give`,
      );
    }
  }
}
