// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// The ether that answers for what an operator has promised and not posted. Penalties in tokens come from
/// its bond in the bond vault. Nobody can change the contract.
interface IOperatorBond {
    error NotAllowed();
    error NotOperator();
    error NothingToDo();
    error AboveBond();
    error NotReady();
    error InSettlement();

    event BondAdded(bytes32 indexed poolId, address indexed from, uint256 amount);
    event WithdrawalRequested(bytes32 indexed poolId, uint256 id, uint256 amount, uint64 readyAt);
    event BondWithdrawn(bytes32 indexed poolId, uint256 id, uint256 amount);
    event ShortfallCovered(bytes32 indexed poolId, address indexed account, uint256 amount);
    event Penalised(bytes32 indexed poolId, address indexed to, uint256 amount);
    event MovedToPool(bytes32 indexed poolId, uint256 amount);

    /// Adds ether to a pool's bond. By anybody.
    function deposit(bytes32 poolId) external payable;

    /// Begins to take back `amount`, which goes on answering for 21 days. By the operator.
    function requestWithdrawal(bytes32 poolId, uint256 amount) external returns (uint256 id);

    /// Pays out what is left of a request that has waited; not while a settlement is open. By the operator.
    function withdraw(bytes32 poolId, uint256 id) external;

    /// Credits an account in the fee vault with up to `amount` on top of `base`. By the challenges.
    function cover(bytes32 poolId, address account, uint256 base, uint256 amount)
        external
        returns (uint256 covered);

    /// Pays up to `amount` to `to`. By the challenges.
    function penalise(bytes32 poolId, address to, uint256 amount) external;

    /// Adds up to `amount` to the pool's ether in the fee vault. By the settlement.
    function moveToPool(bytes32 poolId, uint256 amount) external;

    function bondOf(bytes32 poolId) external view returns (uint256);
}
