namespace Decant.Connectors.Cpu.Threading;

/// <summary>Work that every member of a <see cref="WorkerPool"/> takes part in.</summary>
internal interface ITeamWork
{
    /// <summary>Does the part of member <paramref name="member"/> (0 … team size − 1). Must not throw.</summary>
    void Run(int member);
}
