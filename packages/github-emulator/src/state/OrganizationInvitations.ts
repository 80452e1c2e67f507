import { Clock, timestamp } from '../server/clock';
import { OrganizationInvitation } from './accountRecords';
import { Store } from './Store';

/** Invitations into organisations that nobody answered yet; there is never more than one for the same person. */
export class OrganizationInvitations {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(options: { store: Store; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  list(organizationId: number): OrganizationInvitation[] {
    return this.#store.collections.organizationInvitations.by(
      'organization',
      organizationId,
    );
  }

  ofInvitee(inviteeId: number): OrganizationInvitation[] {
    return this.#store.collections.organizationInvitations.by(
      'invitee',
      inviteeId,
    );
  }

  find(
    organizationId: number,
    inviteeId: number | undefined,
  ): OrganizationInvitation | undefined {
    return this.list(organizationId).find(
      invitation => invitation.inviteeId === inviteeId,
    );
  }

  /** Invites somebody, or changes what they are invited to. */
  invite(
    invitation: Omit<OrganizationInvitation, 'id' | 'createdAt'>,
  ): OrganizationInvitation {
    const before = this.find(invitation.organizationId, invitation.inviteeId);
    return this.#store.collections.organizationInvitations.put({
      ...invitation,
      id: before?.id ?? this.#store.nextId(),
      createdAt: before?.createdAt ?? timestamp(this.#clock()),
    });
  }

  delete(invitation: OrganizationInvitation): void {
    this.#store.collections.organizationInvitations.delete(invitation.id);
  }
}
