import { InputError } from '@understudy/errors';
import { Board, checkColumn, columnCount, type Player, rowCount } from './board.ts';

/** The players' names, as in PettingZoo: `player_0` begins. */
export const agents = ['player_0', 'player_1'] as const;

export type Agent = (typeof agents)[number];

/** What an agent sees. */
export interface AgentObservation {
  /** int8 `[6, 7, 2]`, the top row first: 1 where the agent's own stones lie, 1 where the opponent's do. */
  observation: Int8Array;
  /** int8 `[7]`: 1 for the columns that the agent may play now, all 0 when it isn't its turn. */
  actionMask: Int8Array;
}

/** What {@link ConnectFourGame.last} tells of the agent whose turn it is. */
export interface LastResult extends AgentObservation {
  /** Earned since the agent's previous turn. */
  reward: number;
  terminated: boolean;
  truncated: boolean;
}

/**
 * Connect Four for two, one move at a time: PettingZoo's `connect_four_v3`.
 *
 * The winner gets 1 and the loser -1, a draw gives 0. A move into a full column ends the game: who
 * made it gets -1, the other 0. A four made with the last stone wins. Truncation never happens.
 */
export class ConnectFourGame {
  readonly board = new Board();
  #rewards: [number, number] = [0, 0];
  #terminated = false;

  /** Who plays next; after the end, who would. */
  get currentAgent(): Agent {
    return agents[this.board.player];
  }

  /** Whether the game has ended, for both. */
  get terminated(): boolean {
    return this.#terminated;
  }

  /** What the last move earned for each agent. */
  get rewards(): Record<Agent, number> {
    return { player_0: this.#rewards[0], player_1: this.#rewards[1] };
  }

  /** Clears the board; player_0 begins. */
  reset(): void {
    this.board.clear();
    this.#rewards = [0, 0];
    this.#terminated = false;
  }

  /**
   * Lets the current agent play a column.
   *
   * @throws InputError after the end of the game, or when the action is no column.
   */
  step(action: number): void {
    const { board } = this;
    if (this.#terminated) throw new InputError('The game of Connect Four is over; call reset() before the next step.');
    checkColumn(action);
    const { player } = board;
    if (!board.canPlay(action)) {
      this.#end(player, -1, 0);
      return;
    }
    board.play(action);
    if (board.winner !== null) this.#end(board.winner, 1, -1);
    else if (board.isFull) this.#terminated = true;
  }

  #end(player: Player, reward: number, otherReward: number): void {
    this.#terminated = true;
    this.#rewards[player] = reward;
    this.#rewards[1 - player] = otherReward;
  }

  /** What the current agent sees and has earned. */
  last(): LastResult {
    const { player } = this.board;
    return {
      ...this.observe(agents[player]),
      reward: this.#rewards[player],
      terminated: this.#terminated,
      truncated: false,
    };
  }

  /** @throws InputError for a name that is no agent's. */
  observe(agent: Agent): AgentObservation {
    const player = agents.indexOf(agent);
    if (player < 0) throw new InputError(`Connect Four has no agent ${agent}; its agents are ${agents.join(' and ')}.`);
    const { board } = this;
    const observation = new Int8Array(rowCount * columnCount * 2);
    const actionMask = new Int8Array(columnCount);
    const mayPlay = !this.#terminated && board.player === player;
    for (let column = 0; column < columnCount; column++) {
      if (mayPlay && board.canPlay(column)) actionMask[column] = 1;
      for (let row = 0; row < board.height(column); row++) {
        const plane = board.stoneAt(column, row) === player ? 0 : 1;
        observation[((rowCount - 1 - row) * columnCount + column) * 2 + plane] = 1;
      }
    }
    return { observation, actionMask };
  }
}
