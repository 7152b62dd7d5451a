using System.Collections.Concurrent;

namespace Decant.Decoding;

/// <summary>What options name: models, rewards, corpora, processors … Each is looked up by its type and its name when a plan is compiled.</summary>
/// <remarks>Safe for concurrent use. Does not own what it holds.</remarks>
public sealed class DecodingServices
{
    private readonly ConcurrentDictionary<(Type Type, string Name), object> _services = new();
    private readonly ConcurrentDictionary<(Type Type, object Key), object> _kept = new();

    /// <summary>Registers a service, in place of one of the same type and name.</summary>
    /// <typeparam name="T">The type it is looked up by, such as <c>ITokenGrounder</c>.</typeparam>
    /// <param name="name">The name that options use; not empty.</param>
    /// <param name="service">The service.</param>
    /// <returns>This instance.</returns>
    public DecodingServices Add<T>(string name, T service)
        where T : class
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(service);
        _services[(typeof(T), name)] = service;
        return this;
    }

    /// <summary>Looks a service up, and registers one where there is none: the same for all callers.</summary>
    /// <param name="name">Its name; not empty.</param>
    /// <param name="create">Makes it; of several made at once, one stays.</param>
    public T GetOrAdd<T>(string name, Func<T> create)
        where T : class
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return (T)_services.GetOrAdd((typeof(T), name), _ => create());
    }

    /// <summary>The names under which services of a type are registered, in order.</summary>
    public IReadOnlyList<string> Names<T>() => [.. _services.Keys.Where(key => key.Type == typeof(T)).Select(key => key.Name).Order(StringComparer.Ordinal)];

    /// <summary>What strategies learn and keep from call to call.</summary>
    /// <param name="key">What it was learnt for; equal by value.</param>
    /// <param name="create">Makes it when it is first asked for.</param>
    internal T Keep<T>(object key, Func<T> create)
        where T : class => (T)_kept.GetOrAdd((typeof(T), key), _ => create());

    /// <summary>Looks a service up.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="asker">Who asks, for the error: a strategy's kind and member, such as "custom: Name".</param>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public T Get<T>(string name, string asker)
        where T : class
    {
        if (_services.TryGetValue((typeof(T), name), out var service)) return (T)service;
        var names = Names<T>();
        throw new ArgumentException($"{asker} names \"{name}\", but there is no {typeof(T).Name} of that name. "
            + (names.Count == 0 ? $"None is registered: add one to the client's services." : $"Registered: {string.Join(", ", names)}."));
    }
}
