namespace Decant.Connectors.Engines;

/// <summary>What a client asks of an engine that batches.</summary>
internal interface IBatchingEngine
{
    /// <summary>The memory that its sequences share.</summary>
    KvMemory Memory { get; }

    /// <summary>What its steps have done.</summary>
    StepCounter Steps { get; }
}
