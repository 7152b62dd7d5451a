using System.Runtime.InteropServices;
using Decant.Connectors.Models;
using Decant.Connectors.Torch.Weights;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch.Memory;

/// <summary>
/// The cached keys and values of all sequences: per layer two tensors [rows, key heads, head size] on the layer's device, given out in pages.
/// Forks share pages. Row 0 … <see cref="PageTokens"/> − 1 of a page lie together, and a sequence alone on the model gets neighbouring pages,
/// so that attention reads its rows in place.
/// </summary>
internal sealed class KvCache : IDisposable
{
    /// <summary>Rows per page.</summary>
    public const int PageTokens = 64;

    private readonly TorchWeights _weights;
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly ReaderWriterLockSlim _storage = new();
    private readonly Lock _gate = new();
    private readonly List<int> _users = [];
    private readonly SortedSet<int> _free = [];
    private readonly int _mostPages;

    /// <param name="weights">The model.</param>
    /// <param name="rows">Rows to make room for at once.</param>
    /// <param name="mostRows">Most rows, at least one page; null: as many as the devices hold.</param>
    public KvCache(TorchWeights weights, int rows, int? mostRows = null)
    {
        _weights = weights;
        _mostPages = mostRows is { } most ? most / PageTokens : int.MaxValue;
        _keys = new Tensor[weights.Config.LayerCount];
        _values = new Tensor[weights.Config.LayerCount];
        try
        {
            Enlarge(Math.Min(_mostPages, (rows + PageTokens - 1) / PageTokens));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private ModelConfig Config => _weights.Config;

    /// <summary>Runs work on the tensors, which stay where they are until it ends. Work of different sequences may run at the same time.</summary>
    public void Use(Action work) => Run(inference: true, work);

    /// <summary>The same for work that is differentiated: it reads, and writes nothing.</summary>
    public void Differentiate(Action work) => Run(inference: false, work);

    private void Run(bool inference, Action work)
    {
        _storage.EnterReadLock();
        try
        {
            using var mode = inference_mode(inference);
            using var gradients = set_grad_enabled(!inference);
            using var scope = NewDisposeScope();
            work();
        }
        finally
        {
            _storage.ExitReadLock();
        }
    }

    /// <summary>Pages that sequences hold, one that several share counted once.</summary>
    public int PagesInUse
    {
        get
        {
            lock (_gate) return _users.Count - _free.Count;
        }
    }

    /// <summary>A page for one user; the one after <paramref name="previous"/> if that is free.</summary>
    public int Rent(int previous)
    {
        lock (_gate)
        {
            if (_free.Count == 0) Grow();
            var page = _free.Contains(previous + 1) ? previous + 1 : _free.Min;
            _free.Remove(page);
            _users[page] = 1;
            return page;
        }
    }

    public void AddUser(int page)
    {
        lock (_gate) _users[page]++;
    }

    public void Return(int page)
    {
        lock (_gate)
        {
            if (--_users[page] == 0) _free.Add(page);
        }
    }

    public bool IsShared(int page)
    {
        lock (_gate) return _users[page] > 1;
    }

    public void CopyPage(int from, int to) => Use(() =>
    {
        foreach (var rows in _keys.Concat(_values)) rows.narrow(0, to * PageTokens, PageTokens).copy_(rows.narrow(0, from * PageTokens, PageTokens));
    });

    /// <summary>Copies rows to others, all read before any is written.</summary>
    public void MoveRows(long[] from, long[] to) => Use(() =>
    {
        foreach (var rows in _keys.Concat(_values))
        {
            var (source, target) = (tensor(from, device: rows.device), tensor(to, device: rows.device));
            rows.index_copy_(0, target, rows.index_select(0, source));
        }
    });

    /// <summary>Writes rows of a layer, which no other sequence shares.</summary>
    public void Write(int layer, long[] slots, Tensor keys, Tensor values)
    {
        var target = tensor(slots, device: _keys[layer].device);
        _keys[layer].index_copy_(0, target, keys);
        _values[layer].index_copy_(0, target, values);
    }

    /// <summary>A layer's tensors, inside <see cref="Use"/> only.</summary>
    public (Tensor Keys, Tensor Values) Layer(int layer) => (_keys[layer], _values[layer]);

    public void Dispose()
    {
        foreach (var rows in _keys.Concat(_values)) rows?.Dispose();
        _storage.Dispose();
    }

    private void Grow()
    {
        if (_users.Count >= _mostPages) throw new InsufficientMemoryException($"All {_mostPages} pages of the cache ({_mostPages * PageTokens} rows) are in use. Raise {nameof(TorchModelOptions.KvTokens)}, or send less at a time.");
        try
        {
            Enlarge(Math.Min(_mostPages, 2 * _users.Count));
        }
        catch (InsufficientMemoryException)
        {
            // Not twice as much, but perhaps enough for now.
            Enlarge(Math.Min(_mostPages, _users.Count + 1 + (_users.Count / 8)));
        }
    }

    private void Enlarge(int pages)
    {
        _storage.EnterWriteLock();
        try
        {
            for (var layer = 0; layer < _keys.Length; layer++)
            {
                var device = _weights.Devices[_weights.Layers[layer]!.Place];
                Enlarge(ref _keys[layer], pages, device);
                Enlarge(ref _values[layer], pages, device);
            }
        }
        catch (ExternalException exception) when (TorchBackend.IsOutOfMemory(exception))
        {
            throw new InsufficientMemoryException(
                $"There is no room on the device for {pages * PageTokens} rows of cache. Dispose sequences, or lower ContextLength, CacheTokens or the prefix cache's limits.", exception);
        }
        finally
        {
            _storage.ExitWriteLock();
        }

        for (var page = _users.Count; page < pages; page++)
        {
            _users.Add(0);
            _free.Add(page);
        }
    }

    private void Enlarge(ref Tensor rows, int pages, Device device)
    {
        var count = (long)pages * PageTokens;
        if (rows is not null && rows.shape[0] >= count) return;
        using var scope = NewDisposeScope();
        // Zeros: a row that nothing wrote has weight 0 in attention, and 0 · NaN would not be 0.
        var larger = zeros([count, Config.KeyValueHeadCount, Config.HeadSize], _weights.DType, device);
        if (rows is not null)
        {
            larger.narrow(0, 0, rows.shape[0]).copy_(rows);
            rows.Dispose();
        }

        rows = larger.DetachFromDisposeScope();
    }
}
