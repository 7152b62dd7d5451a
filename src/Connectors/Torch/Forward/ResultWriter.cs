using Decant.Connectors.Torch.Memory;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch.Forward;

/// <summary>Collects what a pass returns and brings it to the host in one copy.</summary>
internal sealed class ResultWriter(HostRowsPool pool, Device device)
{
    private readonly List<Tensor> _tensors = [];
    private readonly List<(TorchForwardResult Result, ResultBlock Block)> _blocks = [];
    private long _floats;

    /// <summary>Adds a tensor, as float32.</summary>
    /// <returns>Where in the host's memory it will lie, in floats.</returns>
    public long Add(Tensor values)
    {
        var offset = _floats;
        _tensors.Add(values.to(ScalarType.Float32, device).reshape(-1));
        _floats += values.NumberOfElements;
        return offset;
    }

    /// <summary>Gives a result part of what was added.</summary>
    public void Give(TorchForwardResult result, ResultBlock block) => _blocks.Add((result, block));

    /// <summary>Copies everything and hands it to the results.</summary>
    public void Send()
    {
        if (_floats == 0) return;
        var rows = pool.Rent(_floats);
        rows.AddUser();
        try
        {
            rows.Memory.narrow(0, 0, _floats).copy_(_tensors.Count == 1 ? _tensors[0] : cat(_tensors, 0));
            foreach (var (result, block) in _blocks) result.Receive(rows, block);
        }
        finally
        {
            rows.RemoveUser();
        }
    }
}
