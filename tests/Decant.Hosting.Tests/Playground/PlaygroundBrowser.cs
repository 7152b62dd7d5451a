using Microsoft.Playwright;

namespace Decant.Tests.Hosting.Playground;

/// <summary>A Chromium and a server for the tests of the page. Without a Chromium the tests are skipped.</summary>
[CollectionDefinition(nameof(PlaygroundBrowser))]
public sealed class PlaygroundBrowser : IAsyncLifetime, ICollectionFixture<PlaygroundBrowser>
{
    private static readonly string? _executable = Find();
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal PlaygroundHost Host { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await PlaygroundHost.StartAsync();
        if (_executable is null) return;
        Assertions.SetDefaultExpectTimeout(20_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = _executable,
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        await Host.DisposeAsync();
    }

    /// <summary>The page, in a browser that remembers nothing.</summary>
    /// <param name="width">Of the window, in pixels.</param>
    /// <param name="url">Null: that of <see cref="Host"/>.</param>
    /// <param name="dark">Whether the system prefers dark colours.</param>
    /// <param name="ready">Whether to wait until a message can be sent.</param>
    internal async Task<PlaygroundPage> OpenAsync(int width = 1280, string? url = null, bool dark = false, bool ready = true)
    {
        Skip.If(_browser is null, "There is no Chromium: install one (apt-get install chromium), or name its executable in DECANT_CHROMIUM.");
        var context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
        var page = new PlaygroundPage(await context.NewPageAsync());
        await page.OpenAsync(url ?? Host.Url, ready);
        return page;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("DECANT_CHROMIUM") is { Length: > 0 } named) return named;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
