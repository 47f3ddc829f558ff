/**
 * The one clock (decision 8): answers the present moment in epoch milliseconds. Production asks Postgres (`clock_timestamp()`), tests and the demo
 * ask the simulator. Due times, leases and budgets are computed from it; a worker's own wall clock decides nothing.
 */
export type Clock = () => Promise<number>
