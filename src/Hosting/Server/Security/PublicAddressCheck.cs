using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Decant.Hosting.Server;

/// <summary>Stops the host where the server would answer other machines without a key. Until it has looked at every address, however that was configured, nothing is answered.</summary>
internal sealed class PublicAddressCheck(IServiceProvider services, IOptions<DecantServerOptions> options) : IHostedLifecycleService
{
    private volatile bool _passed;

    /// <summary>Whether requests without a key may be answered.</summary>
    public bool Passed => _passed;

    /// <summary>Whether a host name or address is this machine's alone.</summary>
    public static bool IsLoopback(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    /// <exception cref="InvalidOperationException">An address is public and there is no key; the message says what to do.</exception>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if (options.Value is { ApiKeys.Count: 0, AllowAnonymousPublicAccess: false } && addresses.FirstOrDefault(IsPublic) is { } address)
            throw new InvalidOperationException($"The server would listen on {address}, where other machines reach it, and answer everybody: DecantServerOptions.ApiKeys is empty. "
                + "Add a key, listen on localhost (--urls http://localhost:5080), or set AllowAnonymousPublicAccess where something in front of it checks who asks.");
        _passed = true;
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsPublic(string address) => BindingAddress.Parse(address) is { IsUnixPipe: false, IsNamedPipe: false } binding && !IsLoopback(binding.Host);
}
