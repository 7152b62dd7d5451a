namespace Decant.Tests.Hosting.Server;

/// <summary>Waits for what happens a moment later.</summary>
internal static class Eventually
{
    public static async Task HoldsAsync(Func<bool> holds)
    {
        for (var i = 0; i < 2000 && !holds(); i++) await Task.Delay(5);
        Assert.True(holds());
    }
}
